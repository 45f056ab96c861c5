--
-- survey_answer: what people answered, as answers of a scale
--

@set attributes = IMMUTABLE PARALLEL SAFE

@reading signature | returns | symbol | comment
valid_answer(answer double precision, scale text) | double precision | valid_answer_of_number |
	the answer, or NULL when it is none of the scale
valid_answer(answer text, scale text) | double precision | valid_answer_of_text |
	the answer that a text says, or NULL when that is none of the scale
nearest_answer(answer double precision, scale text) | double precision | nearest_answer |
	the answer of the scale that is nearest, or NULL when that would be outside of it
answer_of(label text, labels text[]) | integer | answer_of_label |
	the place of the label among all labels, from 1; an error when it is not there

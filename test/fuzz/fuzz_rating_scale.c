/*
 * fuzz_rating_scale.c
 *		Any text is no scale, or one that prints as a text of the same scale, as do its answers.
 */
#include "fuzz.h"
#include "rating_scale.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CxmScale scale, again;
	int64_t  answers;
	char     text[CXM_SCALE_TEXT];

	if (size > 100 ||
	    cxm_scale_parse((const char *) data, (int) size, &scale, &answers) != CXM_SCALE_OK)
		return 0;
	cxm_scale_print(scale, text);
	LAW(cxm_scale_parse(text, (int) strlen(text), &again, &answers) == CXM_SCALE_OK);
	LAW(cxm_scale_equal(scale, again));
	for (int slot = 0; slot <= scale.top; slot++)
	{
		double number = cxm_scale_number(scale, slot);

		LAW(cxm_scale_mirror(scale, cxm_scale_mirror(scale, slot)) == slot);
		cxm_scale_print_answer(scale, slot, text);
		LAW(cxm_scale_find_answer(scale, text) == slot);
		LAW(cxm_scale_slot(scale, number) == slot);
		LAW(cxm_scale_nearest_slot(scale, number) == slot);
	}
	return 0;
}

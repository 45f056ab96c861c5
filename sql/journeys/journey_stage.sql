--
-- journey_stage: an ordered stage of a customer's journey, a rank and a label
--

@set type = journey_stage
@set noun = stage
@set nouns = stages
@set format = text
@set merges = , MERGES

@base_type about
a stage of a customer''s journey: a rank, by which it is ordered, and a label

CREATE CAST (text AS journey_stage) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (text AS journey_stage) IS 'the stage that a text names';

CREATE CAST (journey_stage AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (journey_stage AS text) IS 'the stage as text';

--
-- Operators
--

@equality

@template comparison
CREATE FUNCTION cxm_internal.journey_stage_@name@(a journey_stage, b journey_stage) RETURNS boolean
	AS 'MODULE_PATHNAME', 'journey_stage_@name@' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.journey_stage_@name@(journey_stage, journey_stage) IS
	'does the first stage @comment@';

CREATE OPERATOR @operator@ (
	LEFTARG = journey_stage, RIGHTARG = journey_stage, FUNCTION = cxm_internal.journey_stage_@name@,
	COMMUTATOR = @commutator@, NEGATOR = @negator@,
	RESTRICT = scalar@name@sel, JOIN = scalar@name@joinsel
);
COMMENT ON OPERATOR @operator@ (journey_stage, journey_stage) IS '@word@';
@end

@comparison operator | name | commutator | negator | word | comment
< | lt | > | >= | before | come before the second
<= | le | >= | > | before or equal | not come after the second
> | gt | < | <= | after | come after the second
>= | ge | <= | < | after or equal | not come before the second

CREATE FUNCTION cxm_internal.journey_stage_cmp(a journey_stage, b journey_stage) RETURNS integer
	AS 'MODULE_PATHNAME', 'journey_stage_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.journey_stage_cmp(journey_stage, journey_stage) IS
	'negative, zero or positive as the first stage comes before, with or after the second';

CREATE FUNCTION cxm_internal.journey_stage_sortsupport(internal) RETURNS void
	AS 'MODULE_PATHNAME', 'journey_stage_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.journey_stage_sortsupport(internal) IS
	'sort support of journey_stage';

CREATE OPERATOR FAMILY journey_stage_ops USING btree;
COMMENT ON OPERATOR FAMILY journey_stage_ops USING btree IS 'order of stages, by rank and label';

CREATE OPERATOR CLASS journey_stage_ops
	DEFAULT FOR TYPE journey_stage USING btree FAMILY journey_stage_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 cxm_internal.journey_stage_cmp(journey_stage, journey_stage),
	FUNCTION 2 cxm_internal.journey_stage_sortsupport(internal),
	FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS journey_stage_ops USING btree IS 'order of stages, by rank and label';

@template extreme
CREATE FUNCTION cxm_internal.journey_stage_@larger@(journey_stage, journey_stage)
	RETURNS journey_stage
	AS 'MODULE_PATHNAME', 'journey_stage_@larger@' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.journey_stage_@larger@(journey_stage, journey_stage) IS
	'the @later@ of two stages';

CREATE AGGREGATE @name@(stage journey_stage) (
	STYPE = journey_stage, SSPACE = 32, SFUNC = cxm_internal.journey_stage_@larger@,
	COMBINEFUNC = cxm_internal.journey_stage_@larger@, SORTOP = @operator@, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @name@(journey_stage) IS
	'the @last@ of all stages in their order';
@end

@extreme name | larger | later | last | operator
min | smaller | earlier | first | <
max | larger | later | last | >

--
-- Readings
--

@reading signature | returns | symbol | comment
stage_rank(stage journey_stage) | integer | journey_stage_rank |
	the rank of a stage
stage_label(stage journey_stage, language text DEFAULT 'en') | text | journey_stage_label |
	the label of a stage, that of a built-in one in English (en), Hindi (hi) or Nepali (ne)
phase(stage journey_stage) | text | journey_stage_phase |
	before, during or after purchase, by rank

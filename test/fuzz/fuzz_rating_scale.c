/*
 * fuzz_rating_scale.c
 *		Any text is no scale, or one that prints as the same text.
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
	for (int rank = 0; rank <= scale.top; rank++)
		LAW(cxm_scale_mirror(scale, cxm_scale_mirror(scale, rank)) == rank);
	return 0;
}

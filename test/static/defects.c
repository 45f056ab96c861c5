/* What every tool of static analysis must find: see tools/check-static. */
#include <stdlib.h>

int dereferences(int n);
int leaks(void);
int assigns(int n);

int
dereferences(int n)
{
	int *p = NULL;

	return n > 9 ? *p : n;
}

int
leaks(void)
{
	char *p = malloc(9);

	if (p != NULL)
		p[0] = 1;
	return 0;
}

int
assigns(int n)
{
	int unused;

	unused = n;
	return n;
}

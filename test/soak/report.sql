SELECT format('%s queries canceled of %s; %s rows, %s days',
	count(*) FILTER (WHERE canceled), count(*), (SELECT count(*) FROM response),
	(SELECT count(*) FROM daily)) FROM outcome;
\pset format aligned
\pset tuples_only off
SELECT * FROM growth ORDER BY what, pid;

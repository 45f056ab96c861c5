--
-- time_units: intervals as numbers, in the unit that a chart has
--

@reading signature | returns | symbol | comment
in_{seconds, minutes, hours, days}(length interval) | double precision |
	time_in_{seconds, minutes, hours, days} |
	length in {seconds, minutes, hours, days}, as a number that charts take; a day has 24 hours

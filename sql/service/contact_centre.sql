--
-- contact_centre: how many agents are needed, and which calls met the service level
--

@reading signature | returns | symbol | comment
erlangs(calls double precision, per interval, handle_time interval) |
	double precision | centre_erlangs |
	offered load: how many calls are handled at a time, if none waits
erlang_b(load double precision, agents double precision) | double precision | centre_erlang_b |
	share of calls that find all agents, or lines, busy and are sent away, 0 to 1 (Erlang B)
erlang_c(load double precision, agents double precision) | double precision | centre_erlang_c |
	share of calls that wait, 0 to 1 (Erlang C); 1 where agents do not exceed the load
service_level(calls double precision, per interval, handle_time interval,
	agents double precision, target interval) | double precision | centre_service_level |
	share of calls to be answered within target by so many agents, 0 to 1 (Erlang C)
average_speed_of_answer(calls double precision, per interval, handle_time interval,
	agents double precision) | interval | centre_average_speed_of_answer |
	mean wait to be expected with so many agents (Erlang C); NULL where the queue grows without end
occupancy(calls double precision, per interval, handle_time interval,
	agents double precision) | double precision | centre_occupancy |
	share of their time in which so many agents are to handle calls, 0 to 1

@reading signature | returns | symbol | attributes | comment
agents_needed(calls double precision, per interval, handle_time interval,
	share double precision, target interval, max_occupancy double precision DEFAULT 1,
	shrinkage double precision DEFAULT 0) |
	integer | centre_agents_needed | IMMUTABLE PARALLEL SAFE |
	the fewest agents who answer a share of the calls within target (Erlang C), busy for no more
	than max_occupancy of their time; to be scheduled, if a share of them, shrinkage, is not there
service_level_met(waited interval, answered boolean, target interval,
	convention text DEFAULT $$negative$$, short_abandon interval DEFAULT NULL) |
	boolean | centre_service_level_met | IMMUTABLE PARALLEL SAFE |
	whether a call met the service level; NULL where it does not count by the convention on
	abandoned calls, or waits still

# The store is not a way round the door: older messages are for those who are in the room, and asking is paced.
= kept_entries_max 1
= store yes
= ask_burst 2
= ask_per_second 1
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann enters games
< ann: #2 in games after 0
< ann: games 1 Ann came in
> ann says-in games One.
< ann: games 2 Ann: One.
< ann: #3 posted as 2
> ann says-in games Two.
< ann: games 3 Ann: Two.
< ann: #4 posted as 3
> bob asks history of games
< bob: #2 refused, NotInRoom: You are not in that room.
> ann asks history of games
< ann: #5 from the store: 100 of games between 0 and 18446744073709551615
> ann asks history of games
< ann: #6 from the store: 100 of games between 0 and 18446744073709551615
> ann asks history of @no:body
< ann: #7 refused, AsksTooFast: You ask too fast; please wait a moment.
> ann asks history of other
< ann: #8 refused, AsksTooFast: You ask too fast; please wait a moment.
> ann asks who other
< ann: #9 refused, AsksTooFast: You ask too fast; please wait a moment.

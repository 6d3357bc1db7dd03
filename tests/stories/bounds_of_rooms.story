# There are so many rooms, so many in one, and so many for each; an empty room makes place.
= rooms_max 3
= rooms_per_session_max 2
= room_members_max 2
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann enters games
< ann: #2 in games after 0
< ann: games 1 Ann came in
> ann enters music
< ann: #3 refused, RoomsEnough: You are in as many rooms as one user may be in; please leave one first.
> ann leaves games
< ann: #4 done
< nobody: games 2 Ann went out
> ann enters music
< ann: #5 in music after 0
< ann: music 1 Ann came in
> ann leaves lobby
< ann: #6 done
< nobody: lobby 2 Ann went out
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 2, with nothing
< bob: history of lobby: 1 Ann joined; 2 Ann went out
< bob: lobby 3 Bob joined
> bob enters more
< bob: #2 in more after 2
< bob: more 3 Bob came in
> bob leaves more
< bob: #3 done
< nobody: more 4 Bob went out
> bob enters other
< bob: #4 in other after 4
< bob: other 5 Bob came in
> eve opens
> eve joins Eve
< eve: #1 welcome, Eve, to lobby after 3, with Bob
< eve: history of lobby: 1 Ann joined; 2 Ann went out; 3 Bob joined
< bob, eve: lobby 4 Eve joined
> eve enters full
< eve: #2 refused, RoomsFull: The server has as many rooms as it can have.
> ann enters other
< ann: #7 in other after 5
< ann: history of other: 5 Bob came in
< ann, bob: other 6 Ann came in
> eve enters other
< eve: #3 refused, RoomCrowded: That room is full.
# Where several bounds are reached, the table's order says which is told; none of them costs patience.
> bob enters other
< bob: #5 refused, InRoom: You are in that room already.
> ann enters lobby
< ann: #8 refused, RoomsEnough: You are in as many rooms as one user may be in; please leave one first.
= say_burst 1
= say_per_second 1
= flood disconnect
= mutes_patience 1
> eve says I wait.
< bob, eve: lobby 5 Eve: I wait.
< eve: #4 posted as 5
> eve enters full
< eve: #5 refused, RoomsFull: The server has as many rooms as it can have.
> eve enters other
< eve: #6 refused, RoomCrowded: That room is full.

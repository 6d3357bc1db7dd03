# A room begins when somebody enters it. Its talk is heard there alone, and it keeps its order and history.
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
> ann says-in games Anybody here?
< ann: games 2 Ann: Anybody here?
< ann: #3 posted as 2
> bob says-in games May I?
< bob: #2 refused, NotInRoom: You are not in that room.
> bob enters Games
< bob: #3 in games after 2
< bob: history of games: 1 Ann came in; 2 Ann: Anybody here?
< ann, bob: games 3 Bob came in
> bob enters games
< bob: #4 refused, InRoom: You are in that room already.
> bob says-in games Here I am.
< ann, bob: games 4 Bob: Here I am.
< bob: #5 posted as 4
> ann asks rooms
< ann: #4 games (2); lobby (2)
> ann asks who games
< ann: #5 Ann; Bob
> ann asks who other
< ann: #6 refused, NotInRoom: You are not in that room.
> ann leaves games
< ann: #7 done
< bob: games 5 Ann went out
> bob says-in games Gone?
< bob: games 6 Bob: Gone?
< bob: #6 posted as 6
> ann leaves games
< ann: #8 refused, NotInRoom: You are not in that room.
> ann enters games
< ann: #9 in games after 6
< ann: history of games: 1 Ann came in; 2 Ann: Anybody here?; 3 Bob came in; 4 Bob: Here I am.; 5 Ann went out; 6 Bob: Gone?
< ann, bob: games 7 Ann came in
> ann enters bad name
< ann: #10 refused, RoomBad: A room's name has 1 to 32 characters and no white space, control character or any of : , @ # / ! &.
> bob quits
< ann: lobby 3 Bob left (Quit)
< ann: games 8 Bob left (Quit)
< bob: #7 done

# Two users meet, talk and part. Everybody in the room sees one order, the speaker included.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann says Hello, Bob!
< ann, bob: lobby 3 Ann: Hello, Bob!
< ann: #2 posted as 3
> bob says Hello, Ann!\nHow are you?
< ann, bob: lobby 4 Bob: Hello, Ann!\nHow are you?
< bob: #2 posted as 4
> ann quits
< bob: lobby 5 Ann left (Quit)
< ann: #3 done
> bob asks who
< bob: #3 Bob
> ann joins Ann
< ann: #4 welcome, Ann, to lobby after 5, with Bob
< ann: history of lobby: 1 Ann joined; 2 Bob joined; 3 Ann: Hello, Bob!; 4 Bob: Hello, Ann!\nHow are you?; 5 Ann left (Quit)
< ann, bob: lobby 6 Ann joined

# A client may return while the server still believes in its old connection.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann opens
> ann resumes having lobby 2
< ann: goodbye, Replaced: The user came back over another connection.
< ann is hung up
< ann: #2 welcome back, Ann, in lobby 2
> ann says Still me.
< bob, ann: lobby 3 Ann: Still me.
< ann: #3 posted as 3
> ann opens
> ann joins Ann
< ann: goodbye, Replaced: The user came back over another connection.
< ann is hung up
< ann: #4 welcome back, Ann, in lobby 3
< ann: missed in lobby: 1 Ann joined; 2 Bob joined; 3 Ann: Still me.

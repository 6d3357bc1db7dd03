# Who reads too slowly is hung up, and may return.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> bob is slow
< bob is hung up
> ann says Where is Bob?
< ann: lobby 3 Ann: Where is Bob?
< ann: #2 posted as 3
> bob opens
> bob resumes having lobby 2
< bob: #2 welcome back, Bob, in lobby 3
< bob: missed in lobby: 3 Ann: Where is Bob?
> eve opens
> eve is slow
< eve is hung up

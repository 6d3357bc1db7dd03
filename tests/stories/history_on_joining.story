# Who joins sees what was said before, once; then what is said from there on.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann says One.
< ann: lobby 2 Ann: One.
< ann: #2 posted as 2
> ann says Two.
< ann: lobby 3 Ann: Two.
< ann: #3 posted as 3
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 3, with Ann
< bob: history of lobby: 1 Ann joined; 2 Ann: One.; 3 Ann: Two.
< ann, bob: lobby 4 Bob joined
> ann says Three.
< ann, bob: lobby 5 Ann: Three.
< ann: #4 posted as 5

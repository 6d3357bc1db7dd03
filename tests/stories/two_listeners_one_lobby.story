# Users of two profiles meet in one lobby; each profile's capacity is its own.
= listener classroom
= capacity 1
> ann opens via 0
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> cool opens via 1
> cool joins Cool
< cool: #1 welcome, Cool, to lobby after 1, with Ann
< cool: history of lobby: 1 Ann joined
< ann, cool: lobby 2 Cool joined
> fun opens via 1
> fun joins Fun
< fun: #1 refused, Full: The chatroom has reached its maximum capacity.
> bob opens via 0
> bob joins Ann
< bob: #1 welcome, Ann546, to lobby after 2, with Ann; Cool
< bob: history of lobby: 1 Ann joined; 2 Cool joined
< ann, cool, bob: lobby 3 Ann546 joined
> cool says Hello, all.
< ann, cool, bob: lobby 4 Cool: Hello, all.
< cool: #2 posted as 4
> cool tells Nobody Hello.
< cool: #3 refused, Absent: There is no user of that nick.
> ann tells Nobody Hello.
< kept for Nobody: 1 Ann: Hello.
< ann: #2 posted as 1, waiting

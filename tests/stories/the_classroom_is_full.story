# Seed 003: three users, a fourth is refused; the capacity is looked at before the name.
= profile classroom
> cool opens
> cool joins Cool
< cool: #1 welcome, Cool, to lobby after 0, with nothing
< cool: lobby 1 Cool joined
> fun opens
> fun joins Fun
< fun: #1 welcome, Fun, to lobby after 1, with Cool
< fun: history of lobby: 1 Cool joined
< cool, fun: lobby 2 Fun joined
> fire opens
> fire joins Cool
< fire: #1 refused, NickTaken: Another user is using this username.
> fire joins Fire
< fire: #2 welcome, Fire, to lobby after 2, with Cool; Fun
< fire: history of lobby: 1 Cool joined; 2 Fun joined
< cool, fun, fire: lobby 3 Fire joined
> sad opens
> sad joins Cool
< sad: #1 refused, Full: The chatroom has reached its maximum capacity.
> sad joins Sad
< sad: #2 refused, Full: The chatroom has reached its maximum capacity.
> fun quits
< cool, fire: lobby 4 Fun left (Quit)
< fun: #2 done
> sad joins Sad
< sad: #3 welcome, Sad, to lobby after 4, with Cool; Fire
< sad: history of lobby: 1 Cool joined; 2 Fun joined; 3 Fire joined; 4 Fun left (Quit)
< cool, fire, sad: lobby 5 Sad joined
> sad asks report
< sad: #4 3 active: Cool at 127.0.0.1:5001 since 0:00; Fire at 127.0.0.1:5003 since 0:00; Sad at 127.0.0.1:5004 since 0:00

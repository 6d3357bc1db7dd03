# Where nicks are told apart by case, john is not John.
= profile classroom
= capacity 5
> ann opens
> ann joins John
< ann: #1 welcome, John, to lobby after 0, with nothing
< ann: lobby 1 John joined
> bob opens
> bob joins john
< bob: #1 welcome, john, to lobby after 1, with John
< bob: history of lobby: 1 John joined
< ann, bob: lobby 2 john joined
> eve opens
> eve joins John
< eve: #1 refused, NickTaken: Another user is using this username.

# In the open profile a nick that is taken gets a random number, however it is spelled.
> ann opens
> ann joins User
< ann: #1 welcome, User, to lobby after 0, with nothing
< ann: lobby 1 User joined
> bob opens
> bob joins user
< bob: #1 welcome, user546, to lobby after 1, with User
< bob: history of lobby: 1 User joined
< ann, bob: lobby 2 user546 joined
> eve opens
> eve joins USER
< eve: #1 welcome, USER242, to lobby after 2, with User; user546
< eve: history of lobby: 1 User joined; 2 user546 joined
< ann, bob, eve: lobby 3 USER242 joined

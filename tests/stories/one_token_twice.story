# A token is the session's owner, whoever shows it: a second connection that shows it takes the session over.
= say_burst 1
= say_per_second 1
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann says One.
< ann: lobby 2 Ann: One.
< ann: #2 posted as 2
> ann says Two.
< ann: #3 refused for 10s, Muted: You are muted.
< ann: lobby 3 Ann is muted until 0:10
> ann quits
< nobody: lobby 4 Ann left (Quit)
< ann: #4 done
> twin opens like ann
> twin joins Twin
< twin: #1 welcome, Twin, to lobby after 4, with nothing
< twin: history of lobby: 1 Ann joined; 2 Ann: One.; 3 Ann is muted until 0:10; 4 Ann left (Quit)
< twin: lobby 5 Twin joined
> ann joins Ann
< twin: goodbye, Replaced: The user came back over another connection.
< twin is hung up
< ann: #5 welcome back, Twin, in lobby 5
< ann: history of lobby: 1 Ann joined; 2 Ann: One.; 3 Ann is muted until 0:10; 4 Ann left (Quit)
< ann: missed in lobby: 5 Twin joined
> twin opens like ann
> twin joins Twin
< ann: goodbye, Replaced: The user came back over another connection.
< ann is hung up
< twin: #2 welcome back, Twin, in lobby 5
< twin: history of lobby: 1 Ann joined; 2 Ann: One.; 3 Ann is muted until 0:10; 4 Ann left (Quit)
< twin: missed in lobby: 5 Twin joined

# A server that stops tells everybody; who has a token may return when it is back.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> the server stops
< ann: goodbye, Stopping: The server is stopping.
< ann is hung up
< bob: goodbye, Stopping: The server is stopping.
< bob is hung up
> the server restarts
> ann opens
> ann resumes having lobby 1
< ann: #2 welcome back, Ann, in lobby 1
> ann says I am back.
< ann: lobby 2 Ann: I am back.
< ann: #3 posted as 2
> the server restarts
> ann opens
> ann resumes having lobby 2
< ann: #4 welcome back, Ann, in lobby 2
> ann is lost
> the server stops

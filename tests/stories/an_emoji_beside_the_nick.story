# An emoji is given with the wish to join, seen by all, changed, and taken off again.

> ann opens
> ann joins Ann with 🦊
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 🦊 Ann joined
> bob opens
> bob joins Bob with fox
< bob: #1 refused, AvatarBad: An avatar is one emoji or a picture, and this is no emoji.
> bob joins Bob with 🦊🦊
< bob: #2 refused, AvatarBad: An avatar is one emoji or a picture, and this is no emoji.
> bob joins Bob
< bob: #3 welcome, Bob, to lobby after 1, with 🦊 Ann
< bob: history of lobby: 1 🦊 Ann joined
< ann, bob: lobby 2 Bob joined
> bob asks who
< bob: #4 🦊 Ann; Bob
> bob wears 🐙
< bob: #5 done
< ann, bob: lobby 3 🐙 Bob wears it
> ann says Look at us.
< ann, bob: lobby 4 Ann: Look at us.
< ann: #2 posted as 4
> ann wears nothing
< ann: #3 done
< ann, bob: lobby 5 Ann wears nothing
> ann wears a hat
< ann: #4 refused, AvatarBad: An avatar is one emoji or a picture, and this is no emoji.
> bob asks who
< bob: #6 Ann; 🐙 Bob
> cyd opens
> cyd wears 🐙
< cyd: #1 refused, NotJoined: Please join first.
> cyd asks report
< cyd: #2 2 active: Ann at 127.0.0.1:5001 since 0:00; 🐙 Bob at 127.0.0.1:5002 since 0:00

# Who goes into a room is seen there with it.
> ann enters tea
< ann: #5 in tea after 0
< ann: tea 1 Ann came in
> bob enters tea
< bob: #7 in tea after 1
< bob: history of tea: 1 Ann came in
< ann, bob: tea 2 🐙 Bob came in

# Who returns still wears it, and has not missed what others changed.
> bob is lost
> ann wears 👩🏽‍🚀
< ann: #6 done
< ann: lobby 6 👩🏽‍🚀 Ann wears it
< ann: tea 3 👩🏽‍🚀 Ann wears it
> bob opens like bob
> bob resumes having lobby 5, tea 2
< bob: #8 welcome back, Bob, in lobby 6; tea 3
< bob: missed in lobby: 6 👩🏽‍🚀 Ann wears it
< bob: missed in tea: 3 👩🏽‍🚀 Ann wears it
> bob asks who
< bob: #9 👩🏽‍🚀 Ann; 🐙 Bob

# The next of that nick wears nothing.
> bob quits
< ann: lobby 7 Bob left (Quit)
< ann: tea 4 Bob left (Quit)
< bob: #10 done
> cyd joins Bob
< cyd: #3 welcome, Bob, to lobby after 7, with 👩🏽‍🚀 Ann
< cyd: history of lobby: 1 🦊 Ann joined; 2 Bob joined; 3 🐙 Bob wears it; 4 Ann: Look at us.; 5 Ann wears nothing; 6 👩🏽‍🚀 Ann wears it; 7 Bob left (Quit)
< ann, cyd: lobby 8 Bob joined
> cyd asks who
< cyd: #4 👩🏽‍🚀 Ann; Bob

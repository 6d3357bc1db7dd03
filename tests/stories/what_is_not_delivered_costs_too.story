# A message that is refused, discarded or kept for later costs as much as one that is delivered.
= absent error
= say_burst 1
= say_per_second 1
= mail_max 1
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann tells Nobody One.
< ann: #2 refused, Absent: There is no user of that nick.
> ann tells Nobody Two.
< ann: #3 refused for 10s, Muted: You are muted.
< ann: lobby 2 Ann is muted until 0:10
= absent discard
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 2, with Ann (Muted)
< bob: history of lobby: 1 Ann joined; 2 Ann is muted until 0:10
< ann, bob: lobby 3 Bob joined
> bob tells Nobody One.
< bob: #2 done
> bob tells Nobody Two.
< bob: #3 refused for 10s, Muted: You are muted.
< ann, bob: lobby 4 Bob is muted until 0:10
= absent store
> eve opens
> eve joins Eve
< eve: #1 welcome, Eve, to lobby after 4, with Ann (Muted); Bob (Muted)
< eve: history of lobby: 1 Ann joined; 2 Ann is muted until 0:10; 3 Bob joined; 4 Bob is muted until 0:10
< ann, bob, eve: lobby 5 Eve joined
> eve tells Nobody One.
< kept for Nobody: 1 Eve: One.
< eve: #2 posted as 1, waiting
> eve tells Nobody Two.
< eve: #3 refused for 10s, Muted: You are muted.
< ann, bob, eve: lobby 6 Eve is muted until 0:10
> wait 10s
< ann, bob, eve: lobby 7 Ann may talk again
< ann, bob, eve: lobby 8 Bob may talk again
< ann, bob, eve: lobby 9 Eve may talk again
> eve tells Nobody Three.
< eve: #4 refused, MailFull: Too many messages wait already, for that user or in all.
> eve tells Nobody Four.
< eve: #5 refused for 20s, Muted: You are muted.
< ann, bob, eve: lobby 10 Eve is muted until 0:30
> wait 20s
< ann, bob, eve: lobby 11 Eve may talk again
> kim opens
> kim joins Kim
< kim: #1 welcome, Kim, to lobby after 11, with Ann; Bob; Eve
< kim: history of lobby: 1 Ann joined; 2 Ann is muted until 0:10; 3 Bob joined; 4 Bob is muted until 0:10; 5 Eve joined; 6 Eve is muted until 0:10; 7 Ann may talk again; 8 Bob may talk again; 9 Eve may talk again; 10 Eve is muted until 0:30; 11 Eve may talk again
< ann, bob, eve, kim: lobby 12 Kim joined
> kim tells Eve One.
< kept for Eve: 1 Kim: One.
< eve: @Kim 1 Kim: One.
< kim: #2 posted as 1
> kim tells Eve Two.
< kim: #3 refused for 10s, Muted: You are muted.
< ann, bob, eve, kim: lobby 13 Kim is muted until 0:40
> wait 10s
< ann, bob, eve, kim: lobby 14 Kim may talk again
> kim enters games
< kim: #4 in games after 0
< kim: games 1 Kim came in
> kim tells Eve Three.
< kim: #5 refused for 20s, Muted: You are muted.
< ann, bob, eve, kim: lobby 15 Kim is muted until 1:00
< kim: games 2 Kim is muted until 1:00
> sue opens
> sue joins Sue
< sue: #1 welcome, Sue, to lobby after 15, with Ann; Bob; Eve; Kim (Muted)
< sue: history of lobby: 1 Ann joined; 2 Ann is muted until 0:10; 3 Bob joined; 4 Bob is muted until 0:10; 5 Eve joined; 6 Eve is muted until 0:10; 7 Ann may talk again; 8 Bob may talk again; 9 Eve may talk again; 10 Eve is muted until 0:30; 11 Eve may talk again; 12 Kim joined; 13 Kim is muted until 0:40; 14 Kim may talk again; 15 Kim is muted until 1:00
< ann, bob, eve, kim, sue: lobby 16 Sue joined
> sue is lost
> wait 20s
< ann, bob, eve, kim: lobby 17 Kim may talk again
< kim: games 3 Kim may talk again
> kim tells Sue One.
< kept for Sue: 1 Kim: One.
< kim: #6 posted as 1
> kim tells Sue Two.
< kim: #7 refused for 40s, Muted: You are muted.
< ann, bob, eve, kim: lobby 18 Kim is muted until 1:40
< kim: games 4 Kim is muted until 1:40
= absent discard
> eve tells Nobody Five.
< eve: #6 done

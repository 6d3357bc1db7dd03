# Who nears the limit for talking is told once, before being muted: with the last but one message that is free.
= say_burst 4
= say_per_second 1
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann says one
< ann, bob: lobby 3 Ann: one
< ann: #2 posted as 3
> ann says two
< ann, bob: lobby 4 Ann: two
< ann: #3 posted as 4
> ann says three
< ann, bob: lobby 5 Ann: three
< ann: #4 posted as 5, told to slow down
> ann says four
< ann, bob: lobby 6 Ann: four
< ann: #5 posted as 6
> ann says five
< ann: #6 refused for 10s, Muted: You are muted.
< ann, bob: lobby 7 Ann is muted until 0:10
# It is told again only to who was silent for long enough in between; and talking on at the rate that is allowed is no news.
> bob says one
< ann, bob: lobby 8 Bob: one
< bob: #2 posted as 8
> bob says two
< ann, bob: lobby 9 Bob: two
< bob: #3 posted as 9
> bob tells Ann three
< kept for Ann: 1 Bob: three
< ann: @Bob 1 Bob: three
< bob: #4 posted as 1, told to slow down
> wait 1s
> bob says four
< ann, bob: lobby 10 Bob: four
< bob: #5 posted as 10
> wait 1s
> bob says five
< ann, bob: lobby 11 Bob: five
< bob: #6 posted as 11
> wait 4s
> bob says six
< ann, bob: lobby 12 Bob: six
< bob: #7 posted as 12
> bob says seven
< ann, bob: lobby 13 Bob: seven
< bob: #8 posted as 13
> bob tells Ann eight
< kept for Ann: 2 Bob: eight
< ann: @Bob 2 Bob: eight
< bob: #9 posted as 2, told to slow down
# One who was muted and waited talks as others do.
> wait 10s
< ann, bob: lobby 14 Ann may talk again
> ann says six
< ann, bob: lobby 15 Ann: six
< ann: #7 posted as 15

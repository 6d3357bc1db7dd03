# An operator's mute ends after 365 days, whatever was asked.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann shows the key
< ann: #2 done
> ann mutes Bob for 400d
< ann: #3 done
< ann, bob: lobby 3 Bob is muted until 525600:00
> bob says hello?
< bob: #2 refused for 11months 30days 3h 50m 24s, Muted: You are muted.

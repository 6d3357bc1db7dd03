# Others hear of each avatar, so changing it costs what talking costs; the muted change nothing, and get no picture in.

= say_burst 2
= say_per_second 1
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann offers me.png of 3 as avatar, as image/png
< ann: #2 transfer 1 may come from 0
> ann sends-bytes 3 at 0 of 1
< disk: transfer 1 goes on at 0
< disk: transfer 1 is compared: me.png of 3
> ann wears 🦊
< ann: #4 done
< ann: lobby 2 🦊 Ann wears it
> ann wears 🐙
< ann: #5 refused for 10s, Muted: You are muted.
< ann: lobby 3 Ann is muted until 0:10
> ann wears 🦉
< ann: #6 refused for 10s, Muted: You are muted.
> transfer 1 is kept as me.png
< disk: me.png is removed
< ann: #3 refused, Muted: You are muted.
> wait 11s
< ann: lobby 4 Ann may talk again
> ann wears 🦉
< ann: #7 done
< ann: lobby 5 🦉 Ann wears it
> ann asks who
< ann: #8 🦉 Ann

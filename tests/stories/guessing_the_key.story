# Guessing the operator's key is slow: each wrong key costs, and when too many were shown even the right one must wait.
= ask_burst 2
= ask_per_second 1
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann shows a wrong key
< ann: #2 refused, KeyWrong: The operator's key is not right.
> ann shows a wrong key
< ann: #3 refused, KeyWrong: The operator's key is not right.
> ann shows a wrong key
< ann: #4 refused, AsksTooFast: You ask too fast; please wait a moment.
> ann shows the key
< ann: #5 refused, AsksTooFast: You ask too fast; please wait a moment.
> wait 1s
> ann shows the key
< ann: #6 done

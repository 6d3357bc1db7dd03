# Long answers cost, too: who asks for too many is refused for a moment.
= ask_burst 2
= ask_per_second 1
> ann opens
> ann asks report
< ann: #1 0 active: nothing
> ann asks report
< ann: #2 0 active: nothing
> ann asks report
< ann: #3 refused, AsksTooFast: You ask too fast; please wait a moment.
> ann joins Ann
< ann: #4 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann asks who
< ann: #5 refused, AsksTooFast: You ask too fast; please wait a moment.
> ann asks rooms
< ann: #6 refused, AsksTooFast: You ask too fast; please wait a moment.
> ann asks history of lobby
< ann: #7 refused, AsksTooFast: You ask too fast; please wait a moment.
> ann shows the key
< ann: #8 refused, AsksTooFast: You ask too fast; please wait a moment.
> wait 1s
> ann asks who
< ann: #9 Ann
> wait 1s
> ann asks rooms
< ann: #10 lobby (1)
> wait 1s
> ann asks history of lobby
< ann: #11 page: 1 Ann joined
> ann asks report
< ann: #12 refused, AsksTooFast: You ask too fast; please wait a moment.

# Who nears the limit for talking is told once, before being muted: with the last but one message that is free.
= say_burst 4
= say_per_second 1
> ann opens
> ann joins Ann
> bob opens
> bob joins Bob
> ann says one
> ann says two
> ann says three
> ann says four
> ann says five
# It is told again only to who was silent for long enough in between; and talking on at the rate that is allowed is no news.
> bob says one
> bob says two
> bob tells Ann three
> wait 1s
> bob says four
> wait 1s
> bob says five
> wait 4s
> bob says six
> bob says seven
> bob tells Ann eight
# One who was muted and waited talks as others do.
> wait 10s
> ann says six

"""The information bot, which plays by the answer to the puzzle of the hats.

Everyone sees every hand but their own. So one hint can tell all others something at once: each hand has a
number, known from what is public and from the cards (questions.py); the hint says the sum of the numbers of
all hands but the hinter's, modulo how many things hints can say (hints.py); and everyone subtracts the
numbers they see, and is left with the number of their own hand (inference.py). What the bot then does with
what it knows stands in decision.py, plays.py and discards.py; how it keeps what is known, in knowledge.py.

Sources: Cox et al., "How to Make the Perfect Fireworks Display: Two Strategies for Hanabi", Mathematics
Magazine 88, 2015; the program github.com/WuTheFWasThat/hanabi.rs, whose information strategy this follows
and improves on; docs/benchmarks.md has the scores of both.
"""

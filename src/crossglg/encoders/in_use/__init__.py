"""What runs in place of an encoder's layers once they have learned: the same functions, sooner.

Each file belongs to the one of the same name beside this folder, whose layers say in ``folded``
which form is theirs; ``folding.py`` puts the forms in their places. Batch norms have melted into
the products before them, and what may be overwritten is.
"""

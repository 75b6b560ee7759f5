"""``python -m crossglg`` is ``crossglg``."""

from crossglg.cli import main

if __name__ == "__main__":
    main()

.PHONY: format check test docs demo bench web

format:
	ruff format src tests examples benchmarks
	ruff check --fix src tests examples benchmarks

check:
	ruff format --check src tests examples benchmarks
	ruff check src tests examples benchmarks
	mypy
	lint-imports

test:
	pytest

demo:
	crossglg demo

# The page of crossglg serve; needs Node, which users do not. The same sources give the same files.
web:
	cd web && npm ci && npm run check && npm run build

# Builds and runs the chapters; `make` alone explains.
#
# Works with GNU make 3.81, which macOS still has.

# What `make` prints. The costs in it were measured on the machine that the README names.
define HELP
make chapter1      augmentation: CIFAR-10's images and their versions, two pictures
make chapter2      mixup: two images of CIFAR-10 blended, and where the proportions come from
make chapter3      sharpening: two trainings on MNIST, one t-SNE, three pictures
make chapter4      MixMatch on CIFAR-10, five pictures; interrupted, the same command goes on
make chapter5      the same network with all labels and with few, and the table of results
make chapters      all five, and then the claims
make ablations     MixMatch with one thing changed at a time, and older methods
make claims        a verdict on each claim of the article, by the records in OUT
make lr-find       the loss at rising learning rates, in OUT/lr-find

make article       all chapters as one page, OUT/article.html, and as OUT/article.pdf
make docs          the libraries' documentation, in .build/docs

make bench         verify the kernels, and time them, training, inference and t-SNE
make bench-peers   the same work in PyTorch, scikit-learn and openTSNE, round by round beside ours

make data          download what is missing of MNIST and CIFAR-10 into DATA, and check it
make results       tables and figures in results/ anew, from the trainings that are recorded there
make check-results find out whether they are what the recorded data give
make test          run all tests, or with ONLY=ArithmeticTests those whose names have it
make lint          check the style
make format        put the sources into that style
make clean         remove what was built and what the chapters made in figures/

Settings, in any chapter:
  PRESET=smoke     every path, meaningless numbers, into figures/smoke
  PRESET=short     the default
  PRESET=overnight planned for 4 to 10 hours, in the chapters whose --help lists it
  PRESET=article   the article's own scale (chapters 1 to 3: the same as short)
  SEED=0           the first seed
  SEEDS=3          three seeds: mean and standard deviation
  DATA=data        where the data lie
  OUT=figures      where pictures, data files and records go
  THREADS=2        how many threads work; results do not depend on it
  RECORDED=folder  trainings that were recorded there are not run again (chapter 5, ablations)
Settings of make bench and make bench-peers: DATA, OUT, THREADS and
  ONLY=train64     what to measure, by name (make bench ONLY=? lists the names)
  ROUNDS=5         how many samples are taken of each
  PYTHON=python3   the Python that has the peers
  PEERS=fp32       make bench-peers: only peers with this in their names

What it costs on two cores, fast ones first and then shared ones at half to a third of their pace: the first
build and make test a minute or a few each; chapters 1 and 2 seconds, chapter 3 two to four minutes for each
seed, chapters 4 and 5 half an hour to an hour and a half each; smoke presets some ten seconds; run again with
nothing changed, any chapter about a second; make bench a few minutes, make bench-peers half an hour.
endef
export HELP

CHAPTERS := chapter1 chapter2 chapter3 chapter4 chapter5
# Those of which the trainings can be recorded.
TABLES := chapter5 ablations
PROGRAMS := $(CHAPTERS) ablations claims check-results bench fetch-data weave

# Processor's own instructions. No debug information: a chapter's stages are kept as long as the program
# is the same, and so an edit of its prose recomputes nothing.
MACHINE := $(shell uname -m)
NATIVE := -Xcc $(if $(filter arm64 aarch64,$(MACHINE)),-mcpu=native,-march=native)
SWIFT_FLAGS := -c release $(NATIVE) -debug-info-format none
# Tests are compiled with other flags than programs; in a place of their own neither undoes the other.
TEST_FLAGS := -c release $(NATIVE) --scratch-path .build/tests

# Homebrew keeps these libraries out of pkg-config's sight.
ifeq ($(shell uname -s),Darwin)
export PKG_CONFIG_PATH := $(shell for p in openblas sleef openssl@3 zlib; do \
  printf '%s/lib/pkgconfig:' "$$(brew --prefix $$p 2>/dev/null)"; done)$(PKG_CONFIG_PATH)
endif

# Each setting that was given, as the option of the same name. They reach the shell as variables of the
# environment, so that spaces and quotes in them do no harm.
export PRESET SEED SEEDS DATA OUT THREADS RECORDED ONLY ROUNDS PEERS
PLACES = $${DATA:+--data "$$DATA"} $${OUT:+--out "$$OUT"} $${THREADS:+--threads "$$THREADS"}
SETTINGS = $${PRESET:+--preset "$$PRESET"} $${SEED:+--seed "$$SEED"} $${SEEDS:+--seeds "$$SEEDS"} $(PLACES)
$(TABLES): SETTINGS += $${RECORDED:+--recorded "$$RECORDED"}
BENCH_SETTINGS = $${ONLY:+--only "$$ONLY"} $${ROUNDS:+--rounds "$$ROUNDS"} $(PLACES)
PYTHON ?= python3

.PHONY: help $(CHAPTERS) chapters lr-find ablations claims results check-results article docs bench bench-peers data test lint format clean tools
.SUFFIXES:

help:
	@echo "$$HELP"

# swift build compares all sources itself, in under half a second. The marker only decides whether to say
# that there is something to build, because -q shows nothing but errors and warnings.
$(CHAPTERS) ablations: %: tools build-%
	@.build/release/$@ $(SETTINGS)

# One after the other, as each uses all cores; the first that fails ends it.
chapters:
	@for chapter in $(CHAPTERS) claims; do $(MAKE) --no-print-directory $$chapter || exit; done

claims: tools build-claims
	@[ "$$PRESET" != smoke ] || OUT="$${OUT:-figures/smoke}"; .build/release/claims $${OUT:+--out "$$OUT"}

results: tools $(TABLES:%=build-%) build-claims build-check-results
	@scripts/derive-results results
	@.build/release/check-results --redraw

check-results: tools $(TABLES:%=build-%) build-claims build-check-results
	@scripts/check-results

lr-find: tools build-chapter4
	@OUT="$${OUT:-figures}/lr-find"; .build/release/chapter4 --find-learning-rate $(SETTINGS)

# What was not run here is shown as it was recorded in results/.
article: tools build-weave
	@scripts/install-missing article
	@.build/release/weave $${OUT:+--out "$$OUT"}

# Any program that has all libraries brings what their documentation is made from.
docs: tools build-chapter3
	@scripts/make-docs

bench: tools build-bench
	@.build/release/bench $(BENCH_SETTINGS)

bench-peers: tools build-bench
	@command -v $(PYTHON) >/dev/null || \
	  { echo "$(PYTHON): not found, expected Python 3.10 or later; give its path as PYTHON=" >&2; exit 1; }
	@$(PYTHON) Benchmarks/peers/compare.py $(BENCH_SETTINGS) $${PEERS:+--peers "$$PEERS"}

data: tools build-fetch-data
	@.build/release/fetch-data $${DATA:+--data "$$DATA"}

.PHONY: $(PROGRAMS:%=build-%)
$(PROGRAMS:%=build-%): build-%: tools
	@[ -z "$$(find Package.swift Sources chapters Benchmarks -newer .build/$@ 2>&1)" ] || \
	  echo "building $* (a minute or two for the first time)" >&2
	@swift build -q $(SWIFT_FLAGS) --product $* && touch .build/$@

test: tools
	swift test $(TEST_FLAGS) $${ONLY:+--filter "$$ONLY"}

STYLED := Package.swift Sources Tests chapters Benchmarks

lint:
	swift format lint --strict -r $(STYLED)

format:
	swift format -i -r $(STYLED)

clean:
	rm -rf .build figures/data figures/cache figures/trainings figures/smoke figures/lr-find figures/*.png figures/*.svg \
	  figures/*.md figures/*.json figures/article.html figures/article.pdf

tools:
	@scripts/install-missing

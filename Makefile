# Builds and runs the chapters; `make` without a target prints the help.
#
# Works with GNU make 3.81, which macOS still has.

# The help. Its times were measured on the machines that the README names.
define HELP
make chapters      all chapters one after the other, and then the claims; after an interruption the same
                   command resumes
make ablations     MixMatch with one component changed at a time, and older methods
make labels        the accuracy of MixMatch, and of supervised training, with 250 to 4,000 labels
make mixing        manifold mixup and AdaMixUp beside mixup and beside no mixing, three pictures
make night         MixMatch and its baselines with the larger network of the preset overnight
make search        a search for hyperparameters of MixMatch and of the older methods
make method        one iteration of MixMatch in numbers, the schedule, the network, the hyperparameters
make claims        the verdict on each claim of the article, from the records in OUT; before any chapter
                   has been run, from the recorded results in results/
make own           MixMatch on your own pictures, DATA=their folder: labelled/CLASS and unlabelled, or a folder
                   for each class with LABELS=100; SIZE=32|64|96, HOURS=1 for both trainings; report in OUT/own.html
make predict       the classes of pictures: make predict WEIGHTS=figures/own-mixmatch.safetensors PICTURES=folder
make lr-find       the loss at increasing learning rates, in OUT/lr-find

make verify        repeat recorded runs and compare them with results/: the chapters that take minutes,
                   and the first steps of every training run (STEPS=10); with FULL=1 everything, the chapter on
                   your own pictures with their folder as PICTURES=pictures
make diff          compare two directories of results: make diff A=results B=figures, in OUT/diff.html; with EQUAL=1
                   instead check that each result in B is bit for bit the one in A

make article       all chapters as a web page, OUT/article.html, and as OUT/article.pdf and article.epub
make crate         the recorded runs with data, figures and programs as an RO-Crate, in OUT/crate
make docs          the documentation of the libraries, in .build/docs

make bench         verify the convolution kernels; time kernels, training, inference and t-SNE
make bench-peers   compare with PyTorch, scikit-learn and openTSNE

make data          download the missing files of MNIST and CIFAR-10 (or only of DATASET=svhn, cifar100 or stl10)
                   into DATA, and check them
make results       make the tables and figures in results/ again, from the training runs recorded there
make check-results check that results/ matches the data recorded there (SEAL=1 first adds the checksum to
                   records without one)
make test          run all tests; with ONLY=ArithmeticTests those with this in their names
make fuzz-seeds    read each seed of the fuzz tests once; scripts/fuzz runs the fuzz tests
make lint          check the format of the sources
make format        format the sources
make clean         remove all build products, and the chapters' results in figures/

Settings of any chapter:
  PRESET=smoke     run all code in seconds; the results mean nothing and go to figures/smoke
  PRESET=short     the default
  PRESET=overnight 6 hours in chapter 4, longer in others; --help has the times
  PRESET=article   the article's own scale (chapters 1 to 3: the same as short and overnight)
  SEED=0           the first seed
  SEEDS=3          the number of seeds; results are mean and standard deviation
  DATA=data        the directory of the data sets
  OUT=figures      the directory of pictures, data files and records
  THREADS=2        the number of threads; results do not depend on it
  SYNTHETIC=1      generated data in place of the data sets; the results mean nothing
  RECORDED=folder  a folder of recorded training runs, which are not run again (chapter 5, ablations,
                   labels, mixing, night, search)
  LIST=1           print the command of each training run, one per line (the same programs)
  DATASET=svhn     another data set of the paper: cifar100, svhn or stl10 (chapters 4 and 5, night, own)
  RANKS=4          that many processes for each training run (2, 4 or 8), with Open MPI; results do not depend on it
  HOSTS=file       the machines for them, one name in each line, with this folder at the same path on each
  NAME=value       any other option of the program: make chapter4 LABELS=100 LOG_TEST=1
                   (.build/release/chapter4 --help lists them). Without OUT, the results of a run
                   with such options go to a folder of its own, such as figures/variants/chapter2-alpha-0.2
Settings of make bench and make bench-peers: DATA, OUT, THREADS and
  ONLY=train64     the names of the benchmarks to run (make bench ONLY=? lists the names); make bench records
                   a part of them in OUT/bench-partial.json, all in OUT/bench.json
  ROUNDS=5         the number of samples of each benchmark
  PYTHON=python3   the Python in which PyTorch, scikit-learn and openTSNE are installed
  PEERS=fp32       for make bench-peers: only peers with this in their names

Times on two cores; shared cores take two to three times as long as fast ones:
  first build, make test      one to a few minutes each
  chapters 1 and 2            seconds
  chapter 3                   2 to 14 minutes per seed
  chapters 4 and 5            half an hour to an hour and a half each, per seed
  ablations                   two to three hours per seed; mixing and labels one to two; search fifteen with
                              one thread; night about a day
  any chapter, PRESET=smoke   seconds to two minutes
  any chapter, run again      about a second if nothing has changed
  make bench                  a few minutes; make bench-peers half an hour
endef
export HELP

# A folder chapters/N-NAME is the program chapterN; its first line is its title.
FOLDERS := $(sort $(wildcard chapters/[0-9]*-*))
CHAPTERS := $(foreach f,$(FOLDERS),chapter$(firstword $(subst -, ,$(notdir $f))))
# The programs with training runs that can be recorded.
TABLES := chapter5 ablations labels mixing night search
# A folder chapters/NAME or NAME-MORE is the program NAME, an appendix. All except own and claims are run like chapters.
APPENDICES := $(filter-out own claims,$(foreach f,$(sort $(wildcard chapters/[a-z]*)),$(firstword $(subst -, ,$(notdir $f)))))
# Programs that read photographs, for which they need libvips.
PHOTOGRAPHS := own predict write-pictures
PROGRAMS := $(CHAPTERS) $(PHOTOGRAPHS) export-weights $(APPENDICES) claims check-results verify diff-runs make-crate bench fetch-data weave

# For the instructions of this processor, without debug information.
MACHINE := $(shell uname -m)
NATIVE := -Xcc $(if $(filter arm64 aarch64,$(MACHINE)),-mcpu=native,-march=native)
SWIFT_FLAGS := -c release $(NATIVE) -debug-info-format none
# Tests have other compiler flags than programs; a separate build folder avoids rebuilding both.
TEST_FLAGS := -c release $(NATIVE) --scratch-path .build/tests

# Homebrew does not add these libraries to pkg-config's path.
ifeq ($(shell uname -s),Darwin)
export PKG_CONFIG_PATH := $(shell for p in openblas sleef openssl@3 zlib; do \
  printf '%s/lib/pkgconfig:' "$$(brew --prefix $$p 2>/dev/null)"; done)$(PKG_CONFIG_PATH)
endif

# Package.swift has the targets that need libvips only where this is 1. It is evaluated when make starts, so
# that recipes whose prerequisites install the library start another make.
ifneq ($(shell pkg-config --exists vips 2>/dev/null && echo 1),)
export LIBVIPS := 1
endif

# In the same way Package.swift has the processes of MPI where this is 1. RANKS asks for them, so that they are
# installed first.
ifneq ($(RANKS),)
ifeq ($(filter 1 2 4 8,$(RANKS)),)
$(error RANKS: found $(RANKS), expected 1, 2, 4 or 8)
endif
ifneq ($(shell scripts/install-missing mpi >&2 && echo 1),1)
$(error RANKS needs Open MPI)
endif
endif
ifneq ($(shell pkg-config --exists ompi-c 2>/dev/null && echo 1),)
export MPI := 1
endif
export RANKS HOSTS

# A variable given to make becomes an option of the program: LABELS=100 is --labels=100, LOG_TEST=1 is
# --log-test=1. The program rejects unknown options. The values are passed through the environment, so that
# they may contain spaces and quotes; empty ones are ignored. The settings in the help may also come from
# the environment, for programs that have them.
override GIVEN := $(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $v)),$v))
override GIVEN := $(filter-out .% -% PYTHON NATIVE SWIFT_FLAGS TEST_FLAGS MAKE MAKEFLAGS SHELL,$(GIVEN))
# A variable with the name of one of this file would take its place.
override INTERNAL := HELP FOLDERS CHAPTERS TABLES APPENDICES PHOTOGRAPHS PROGRAMS MACHINE LIBVIPS MPI GIVEN OPTIONS \
  INTERNAL COMMON SETTINGS SMOKE_OUT CLAIMS STYLED
override MISNAMED := $(filter $(INTERNAL) MISNAMED,$(GIVEN)) $(shell printf '%s\n' $(foreach v,$(GIVEN),'$(subst ','\'',$v)') | \
  LC_ALL=C grep -vxE '[A-Z][A-Z0-9_]*')
ifneq ($(strip $(MISNAMED)),)
$(error found $(firstword $(MISNAMED))=..., expected the name of a setting or option in capitals, such as LABELS=100)
endif
OPTIONS := $(GIVEN)
# Without this, make would expand a dollar sign in a value.
$(foreach v,$(OPTIONS),$(eval override $v := $$(value $v)))
export $(OPTIONS)
# $(call options,NAME...): the names with a value, and all variables given to make, as options.
lower = $(shell echo $1 | tr A-Z_ a-z-)
options = $(foreach v,$(sort $1 $(OPTIONS)),$${$v:+"--$(call lower,$v)=$$$v"})
COMMON := DATA OUT THREADS
SETTINGS := PRESET SEED SEEDS SYNTHETIC $(COMMON)
$(TABLES): SETTINGS += RECORDED
PYTHON ?= python3
override PYTHON := $(value PYTHON)
export PYTHON

.PHONY: help $(CHAPTERS) own predict photograph-tools chapters lr-find $(APPENDICES) claims results check-results verify diff crate article docs bench bench-peers data test fuzz-seeds lint format clean tools
.SUFFIXES:

help:
	@for f in $(FOLDERS); do sed -n '1s|^// # Chapter \([0-9]*\): \(.*\)|make chapter\1      \2|p' $$f/main.swift; done
	@echo "$$HELP"

# swift build compares all sources itself, in under half a second. The marker file decides whether to announce a
# build, because -q shows nothing but errors and warnings, and tells the programs that they are up to date.
$(CHAPTERS) $(APPENDICES) own lr-find: OPTIONS := $(filter-out RANKS HOSTS,$(OPTIONS))
$(CHAPTERS) $(APPENDICES): %: tools build-%
	@scripts/ranks .build/release/$@ $(call options,$(SETTINGS))

# Smoke runs have a folder of their own.
SMOKE_OUT = [ "$$PRESET" != smoke ] || OUT="$${OUT:-figures/smoke}"

# A new make finds a library that was just installed. What the report needs is installed before the training, which may
# take hours. The report and the weights are in one folder, whichever options the training has.
own: photograph-tools
	@$(MAKE) --no-print-directory build-own build-weave
	@$(SMOKE_OUT); export OUT="$${OUT:-figures}"; \
	  scripts/install-missing article && scripts/ranks .build/release/own $(call options,$(SETTINGS)) && \
	  .build/release/weave --chapter own "--out=$$OUT"

predict: OPTIONS := $(filter-out WEIGHTS PICTURES,$(OPTIONS))
predict: photograph-tools
	@[ -n "$$WEIGHTS" ] && [ -n "$$PICTURES" ] || { echo "make predict: found no WEIGHTS or PICTURES, expected" \
	  "WEIGHTS=figures/own-mixmatch.safetensors PICTURES=folder" >&2; exit 2; }
	@$(MAKE) --no-print-directory build-predict >&2
	@.build/release/predict $(call options,THREADS) -- "$$WEIGHTS" "$$PICTURES"

photograph-tools: tools
	@scripts/install-missing pictures

# One after the other, because each chapter uses all cores; stops at the first failure.
chapters: tools build-claims
	@for chapter in $(CHAPTERS); do $(MAKE) --no-print-directory $$chapter || exit; done
	@$(CLAIMS) $${OUT:+"--out=$$OUT"}

# The preset only determines the directory of the records.
CLAIMS = $(SMOKE_OUT); .build/release/claims
claims: OPTIONS := $(filter-out PRESET,$(OPTIONS))
claims: tools build-claims
	@$(CLAIMS) $(call options,OUT)

results: tools $(TABLES:%=build-%) build-claims build-check-results
	@scripts/derive-results results
	@.build/release/check-results --redraw

check-results: tools $(TABLES:%=build-%) build-claims build-check-results build-diff-runs
	@scripts/check-results $(call options,)

# Builds the programs that it starts, because a chapter is built when it is run.
verify: tools build-verify $(CHAPTERS:%=build-%) $(APPENDICES:%=build-%) build-claims
	@[ -z "$$PICTURES" ] || { scripts/install-missing pictures && $(MAKE) --no-print-directory build-own; }
	@.build/release/verify $(call options,DATA OUT THREADS)

diff: tools build-diff-runs
	@.build/release/diff-runs $(call options,OUT)

crate: tools build-make-crate
	@.build/release/make-crate $(call options,OUT)

lr-find: tools build-chapter4
	@$(SMOKE_OUT); OUT="$${OUT:-figures}/lr-find"; scripts/ranks .build/release/chapter4 --find-learning-rate $(call options,$(SETTINGS))

# Chapters that were not run here are shown with the results recorded in results/.
article: tools build-weave
	@scripts/install-missing article
	@.build/release/weave $(call options,OUT)

# Building a program that uses all documented libraries makes their modules, from which make-docs extracts symbol graphs.
docs: tools build-chapter3
	@scripts/make-docs

bench: tools build-bench
	@.build/release/bench $(call options,ONLY ROUNDS $(COMMON))

bench-peers: tools build-bench
	@command -v "$$PYTHON" >/dev/null || \
	  { echo "$$PYTHON: not found, expected Python 3.10 or later; give its path as PYTHON=" >&2; exit 1; }
	@"$$PYTHON" Benchmarks/peers/compare.py $(call options,ONLY ROUNDS PEERS $(COMMON))

data: tools build-fetch-data
	@.build/release/fetch-data $(call options,DATA DATASET)

.PHONY: $(PROGRAMS:%=build-%)
$(PROGRAMS:%=build-%): build-%: tools
	@[ -z "$$(find Package.swift Sources chapters Benchmarks -newer .build/$@ 2>&1)" ] || \
	  echo "building $* (a minute or two for the first time)" >&2
	@# What is edited during a build may not be compiled, but would seem to be, because it is older than the program.
	@mkdir -p .build
	@while touch .build/$@.start; swift build -q $(SWIFT_FLAGS) --product $* || exit; touch .build/$@.end; \
	  [ -n "$$(find Package.swift Sources chapters Benchmarks -newer .build/$@.start ! -newer .build/$@.end 2>&-)" ]; do \
	  echo "building $* again, because sources were edited meanwhile" >&2; done
	@mv .build/$@.start .build/$@; rm .build/$@.end

# Without OpenBLAS's threads, which have nothing to do here: a process that ends at once, like those of the tests, can
# wait for them for ever (OpenBLAS 0.3.21).
test: export OPENBLAS_NUM_THREADS := 1
test: tools
	@# Swift 6.2 compiles no exit tests that capture values.
	@case "$$(swift --version 2>&1)" in *"Swift version 6."[0-2][.\ ]*) \
	  echo "make test: found Swift 6.2, expected 6.3 or later; the programs need 6.2 only" >&2; exit 1;; esac
	swift test $(TEST_FLAGS) $${ONLY:+--filter "$$ONLY"}
	@# A filter that no test matches is no error of swift test.
	@[ -z "$$ONLY" ] || swift test list --skip-build $(TEST_FLAGS) | grep -qE -- "$$ONLY" || \
	  { echo "make test: found no test whose name contains ONLY=$$ONLY" >&2; exit 1; }

# Reads each seed of the fuzzers once. The program is built like the chapters, whose modules it shares.
fuzz-seeds: tools
	@swift build -q $(SWIFT_FLAGS) --product fuzz
	@.build/release/fuzz Tests/Fuzz/seeds/*/*
	@echo "fuzz: the readers accept all $$(ls Tests/Fuzz/seeds/*/* | wc -l) seeds"

STYLED := Package.swift Sources Tests chapters Benchmarks

lint:
	swift format lint --strict -r $(STYLED)

format:
	swift format -i -r $(STYLED)

clean:
	rm -rf .build figures/data figures/cache figures/trainings figures/smoke figures/variants figures/verification \
	  figures/crate figures/lr-find figures/*.png figures/*.svg figures/*.md figures/*.json figures/*.safetensors \
	  figures/*.html figures/*.pdf figures/*.epub

tools:
	@scripts/install-missing

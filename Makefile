# sluice: everything a newcomer needs is `make demo` and `make test`.
#
#   make demo      build, throw-away PostgreSQL, emulator, connect, sync, resync
#   make test      every test (unit, contract, integration, pgTAP), plain and
#                  under ASan + UBSan
#   make torture   every kill point in every mode, and storms: SEED= TIME=
#   make lint      format, layers, sizes, banned calls, shell, man, compose
#   make bench     real numbers, as ratios within one run
#   make build     the binary alone: build/release/sluice
#   make install   PREFIX=/usr/local DESTDIR=; make uninstall takes it back
#
#   make fuzz      TARGETS="json url" SECONDS=60 RUNS=n: hostile input for
#                  every parser of outside data (docs/fuzzing.md)
#   make corpus    CORPUS=DIR: public test data with expectations
#
# MODE=release | san chooses the flags; WERROR=0 is for packagers. MODE=tsan,
# fuzz, fuzz-cov and fuzz-msan belong to scripts/fuzz and scripts/release, the
# last three with clang.

SHELL := /bin/bash
MODE ?= release
WERROR ?= 1
PREFIX ?= /usr/local
B := build/$(MODE)
CC := gcc
JOBS ?= $(shell nproc)

VERSION := 0.1.0

std := -std=gnu17 -D_GNU_SOURCE
warn := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wold-style-definition -Wmissing-prototypes -Wmissing-declarations \
	-Wredundant-decls -Wnested-externs -Wpointer-arith -Wcast-qual \
	-Wwrite-strings -Wformat=2 -Wconversion -Wsign-conversion \
	-Wfloat-equal -Wdouble-promotion -Wnull-dereference -Wundef -Wvla \
	-Walloca -Wswitch-enum -Wdate-time -Winfinite-recursion
ifeq ($(filter fuzz%,$(MODE)),)
warn += -Wcast-align=strict -Wformat-overflow=2 -Wformat-truncation=2 \
	-Wformat-signedness -Warith-conversion -Wduplicated-cond \
	-Wduplicated-branches -Wlogical-op -Wjump-misses-init -Walloc-zero \
	-Wimplicit-fallthrough=5 -Wtrampolines -Wuse-after-free=3 \
	-Warray-bounds=2 -Wstringop-overflow=4 -Wbidi-chars=any
else
# libFuzzer is clang's. Warnings are gcc's to enforce; clang tells its own, but
# for formats that are handed on with a va_list.
override CC := $(if $(findstring ccache,$(CC)),ccache )clang-14
warn += -Wcast-align -Wimplicit-fallthrough -Wno-format-nonliteral
WERROR := 0
endif
ifeq ($(WERROR),1)
warn += -Werror
endif
# The prefix map: the same binary wherever the tree lies.
harden_release := -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection=full \
	-ftrivial-auto-var-init=zero -fno-common -fPIE \
	-ffile-prefix-map=$(CURDIR)=.
harden_san := -O1 -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer -fno-common -fPIE
# Of threads alone, which the other sanitizers do not look at.
harden_tsan := -O1 -g -fsanitize=thread -fno-omit-frame-pointer -fno-common \
	-fPIE
# Clang has no __SANITIZE_ADDRESS__: core/base/arena.c asks for it.
harden_fuzz := -O2 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer -fno-common -fPIE \
	-D__SANITIZE_ADDRESS__=1
harden_fuzz-cov := -O1 -g -fsanitize=fuzzer-no-link \
	-fprofile-instr-generate -fcoverage-mapping -fno-common -fPIE
# MSan knows only what it compiled: for code that asks little of libraries
# (scripts/release/msan).
harden_fuzz-msan := -O1 -g -fsanitize=fuzzer-no-link,memory \
	-fsanitize-memory-track-origins -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -fno-common -fPIE
link_release := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
link_san := -pie -fsanitize=address,undefined -Wl,--as-needed
link_tsan := -pie -fsanitize=thread -Wl,--as-needed
link_fuzz := -pie -fsanitize=fuzzer,address,undefined -Wl,--as-needed
link_fuzz-msan := -pie -fsanitize=fuzzer,memory -Wl,--as-needed
link_fuzz-cov := -pie -fsanitize=fuzzer -fprofile-instr-generate \
	-Wl,--as-needed

pkgs := libcurl jansson libpq libcrypto libidn2 libmicrohttpd libical gmime-3.0 \
	libxml-2.0 libzip
third_inc := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I $(pkgs) 2>/dev/null))

# -Wnull-dereference and friends misfire inside sanitizer instrumentation.
warn_san := -Wno-null-dereference -Wno-format-overflow -Wno-format-truncation \
	-Wno-stringop-overflow
warn_tsan := $(warn_san) -Wno-maybe-uninitialized
CFLAGS_ALL = $(std) $(warn) $(warn_$(MODE)) \
	$(harden_$(MODE)) -I. -I$(B)/gen $(third_inc) \
	-DSL_VERSION='"$(VERSION)"' $(CFLAGS)
LDFLAGS_ALL = $(link_$(MODE)) $(LDFLAGS)
# Two hundred test programs: the linker that takes a third of the time. What is
# shipped is linked by the system's own.
test_ld := $(if $(shell command -v ld.gold 2>/dev/null),-fuse-ld=gold)

# One static library a folder, in link order: users before what they use.
# scripts/check-layers holds includes against the same order.
# Connectors are found by themselves, a provider's shared folder among them.
lib_dirs := cli connectors $(patsubst %/,%,$(sort $(wildcard connectors/*/))) \
	state core/sync core/auth core/people core/mail core/recur core/archive \
	core/net core/json core/base
lib_name = $(subst /,_,$(1))
libs := $(foreach d,$(lib_dirs),$(B)/lib/lib$(call lib_name,$(d)).a)
third_libs := -lcurl -ljansson -lpq -lcrypto -lidn2 -lmicrohttpd -lical \
	-lgmime-3.0 -lgobject-2.0 -lglib-2.0 -lxml2 -lzip -lcsv \
	-lpthread

objs_of = $(patsubst %.c,$(B)/obj/%.o,$(wildcard $(1)/*.c))
state_gen := $(B)/obj/gen/sql.o $(B)/obj/gen/migrations.o

emulator_src := $(wildcard tests/emulator/*.c)
unit_src := $(wildcard tests/unit/*/test_*.c tests/unit/*/*/test_*.c)
unit_bin := $(patsubst tests/%.c,$(B)/tests/%,$(unit_src))
live_src := $(wildcard tests/integration/test_*.c tests/contract/test_*.c)
live_bin := $(patsubst tests/%.c,$(B)/tests/%,$(live_src))
live_bin += $(B)/tests/integration/vault_rows $(B)/tests/integration/make_zip
corpus_src := $(wildcard tests/corpus/*.c)
corpus_bin := $(patsubst tests/%.c,$(B)/tests/%,$(corpus_src))
fuzz_src := $(wildcard tests/fuzz/fuzz_*.c)
fuzz_bin := $(patsubst tests/%.c,$(B)/tests/%,$(fuzz_src))
# oom.c is a library to be preloaded: it replaces malloc.
support_src := $(filter-out tests/support/oom.c,$(wildcard tests/support/*.c))
support_obj := $(patsubst %.c,$(B)/obj/%.o,$(support_src))
# The contract suite is one program of many files; the toy proves it.
contract_src := $(filter-out tests/contract/test_%,$(wildcard tests/contract/*.c))
contract_obj := $(patsubst %.c,$(B)/obj/%.o,$(contract_src) tests/toy/toy.c)

.PHONY: all deps build emulator tests-build demo test torture lint bench \
	install clean unit valgrind format fuzz fuzz-build corpus \
	install-units release-check uninstall
.SECONDARY:
.DELETE_ON_ERROR:

all: build

deps:
	@scripts/deps

build: deps
	@$(MAKE) --no-print-directory -j$(JOBS) $(B)/sluice

$(foreach d,$(lib_dirs),$(eval $(B)/lib/lib$(call lib_name,$(d)).a: \
	$(call objs_of,$(d)) $(if $(filter state,$(d)),$(state_gen))))

$(B)/lib/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcs $@ $^

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/obj/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS_ALL) -Wno-overlength-strings -MMD -MP -c -o $@ $<

# state/sql/*.sql and migrations become constants: no SQL text in C files. The
# directories tell of files that are gone.
$(B)/gen/sql.c $(B)/gen/sql.h &: $(wildcard state/sql/*.sql) state/sql \
		scripts/embed-sql
	@mkdir -p $(@D)
	@scripts/embed-sql statements $(B)/gen $(sort $(wildcard state/sql/*.sql))

$(B)/gen/migrations.c: $(wildcard migrations/*.sql migrations/down/*.sql) \
		migrations migrations/down scripts/embed-sql
	@mkdir -p $(@D)
	@scripts/embed-sql migrations $(B)/gen $(sort $(wildcard migrations/*.sql))

$(call objs_of,state): | $(B)/gen/sql.h

$(B)/sluice: $(libs)
	@echo "  LD  $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ -Wl,--start-group $(libs) -Wl,--end-group $(third_libs)

emulator: $(B)/sluice-emulator
$(B)/sluice-emulator: $(patsubst %.c,$(B)/obj/%.o,$(emulator_src))
	@echo "  LD  $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ -lmicrohttpd -ljansson -lcrypto -lz -lpthread

# A parser and its invariants; libFuzzer brings main().
$(B)/tests/fuzz/%: $(B)/obj/tests/fuzz/%.o $(libs)
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $< -Wl,--start-group $(libs) \
		-Wl,--end-group $(third_libs)

fuzz-build: $(fuzz_bin)

fuzz: deps
	@scripts/fuzz $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(RUNS),--runs $(RUNS)) $(TARGETS)

$(B)/tests/%: $(B)/obj/tests/%.o $(support_obj) $(libs)
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CC) $(LDFLAGS_ALL) $(test_ld) -o $@ $< $(support_obj) \
		-Wl,--start-group \
		$(libs) -Wl,--end-group -lcmocka -lssl -lz $(third_libs)

$(B)/tests/contract/test_connectors: $(B)/obj/tests/contract/test_connectors.o \
		$(contract_obj) $(support_obj) $(libs)
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CC) $(LDFLAGS_ALL) $(test_ld) -o $@ $(filter %.o,$^) \
		-Wl,--start-group $(libs) -Wl,--end-group -lcmocka -lz $(third_libs)

# For LD_PRELOAD: counts steps, and kills after one (tests/crash/steps.c).
# Without sanitizers in both builds: it is loaded before theirs.
steps := $(B)/tests/crash/steps.so
$(steps): tests/crash/steps.c
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CC) $(std) $(warn) $(filter-out -fPIE,$(harden_release)) -fPIC \
		-shared $(third_inc) -o $@ $<

tests-build: $(unit_bin) $(live_bin) $(corpus_bin) $(B)/sluice \
	$(B)/sluice-emulator $(steps)

unit: deps
	@$(MAKE) --no-print-directory -j$(JOBS) $(unit_bin)
	@scripts/run-unit $(unit_bin)

demo: build
	@$(MAKE) --no-print-directory -j$(JOBS) $(B)/sluice-emulator
	@scripts/demo $(B)

test: deps
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=release tests-build
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=san tests-build
	@scripts/fuzz --build
	@scripts/test

corpus: deps
	@$(MAKE) --no-print-directory -j$(JOBS) $(corpus_bin) $(B)/sluice \
		$(B)/sluice-emulator
	@MODE=$(MODE) scripts/corpus "$(CORPUS)"

torture: deps
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=release tests-build
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=san tests-build
	@scripts/torture

lint: deps
	@scripts/lint

release-check: deps
	@scripts/release-check $(CHECKS)

bench: deps
	@$(MAKE) --no-print-directory -j$(JOBS) tests-build
	@scripts/bench $(B)

valgrind: deps
	@$(MAKE) --no-print-directory -j$(JOBS) $(unit_bin)
	@RUNNER="valgrind -q --error-exitcode=1 --leak-check=full \
		--suppressions=tests/support/valgrind.supp" \
		scripts/run-unit $(unit_bin)

format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i

units := $(DESTDIR)$(PREFIX)/lib/systemd/system

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/sluice \
		$(DESTDIR)$(PREFIX)/share/man/man1/sluice.1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/sluice \
		$(patsubst packaging/systemd/%,$(units)/%,$(wildcard packaging/systemd/*))

install: build install-units
	install -D -m 0755 $(B)/sluice $(DESTDIR)$(PREFIX)/bin/sluice
	install -D -m 0644 docs/sluice.1 \
		$(DESTDIR)$(PREFIX)/share/man/man1/sluice.1
	install -D -m 0644 packaging/bash-completion/sluice \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/sluice

# The units name the program where it is installed.
install-units:
	install -d $(units)
	for unit in packaging/systemd/*; do \
		sed 's|/usr/local/bin/|$(PREFIX)/bin/|' $$unit \
			>$(units)/$${unit##*/} && \
		chmod 0644 $(units)/$${unit##*/} || exit 1; \
	done

clean:
	rm -rf build

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

/* A plugin for qemu-aarch64 (user mode, plugin API 1 of QEMU 7.2): counts executed instructions, by kind, of one thread.
 *
 * The program under it marks a moment with the system call getpid and two arguments that getpid ignores, MARK and a number of its
 * own choice; each mark writes a line with the counts so far to the file that the plugin's argument names:
 *     number all loads_and_stores vectors_of_128_bits other_vector_and_float
 * Counters are added to inline and without locks: run the program with one thread.
 *
 * Declarations of QEMU's functions are written down here, so that QEMU's sources are not needed to compile this.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { ADD_U64 = 0 };
enum { GETPID = 172, MARK = 0x7a17 }; /* getpid of arm64; tank_mark in parts.py */

extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
extern const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int, void *, uint64_t);
extern void qemu_plugin_register_vcpu_syscall_cb(plugin_id, void (*)(plugin_id, unsigned, int64_t, uint64_t, uint64_t, uint64_t,
                                                                     uint64_t, uint64_t, uint64_t, uint64_t, uint64_t));

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

enum { ALL, MEMORY, WIDE, NARROW, KINDS };
static uint64_t counts[KINDS];
static FILE *out;

/* The main groups of A64: bits 28 to 25 are x1x0 for loads and stores, x111 for vectors and floats (Arm ARM, C4.1). */
static int kind(uint32_t code) {
    uint32_t group = code >> 25 & 15;
    if ((group & 5) == 4) return MEMORY;
    if ((group & 7) != 7) return ALL;
    int vector = !(code >> 31 & 1) && !(code >> 28 & 1);
    return vector && (code >> 30 & 1) ? WIDE : NARROW;
}

static void translated(plugin_id id, struct qemu_plugin_tb *block) {
    uint64_t here[KINDS] = {0};
    (void)id;
    here[ALL] = qemu_plugin_tb_n_insns(block);
    for (size_t i = 0; i < here[ALL]; i++) {
        uint32_t code;
        memcpy(&code, qemu_plugin_insn_data(qemu_plugin_tb_get_insn(block, i)), sizeof code);
        if (kind(code) != ALL) here[kind(code)]++;
    }
    for (int k = 0; k < KINDS; k++)
        if (here[k]) qemu_plugin_register_vcpu_tb_exec_inline(block, ADD_U64, &counts[k], here[k]);
}

static void called(plugin_id id, unsigned cpu, int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f,
                   uint64_t g, uint64_t h) {
    (void)id, (void)cpu, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h;
    if (number != GETPID || a != MARK) return;
    fprintf(out, "%" PRIu64, b);
    for (int k = 0; k < KINDS; k++) fprintf(out, " %" PRIu64, counts[k]);
    fputc('\n', out);
    fflush(out);
}

__attribute__((visibility("default"))) int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
    (void)info;
    if (argc != 1 || strncmp(argv[0], "out=", 4) || !(out = fopen(argv[0] + 4, "w"))) {
        fprintf(stderr, "count: give out=FILE\n");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_syscall_cb(id, called);
    return 0;
}

#include "textflag.h"

// func sigaction(signal uintptr, to, from *action) (errno uintptr)
TEXT ·sigaction(SB), NOSPLIT, $0-32
	MOVQ signal+0(FP), DI
	MOVQ to+8(FP), SI
	MOVQ from+16(FP), DX
	MOVQ $8, R10  // bytes of a set of signals
	MOVQ $13, AX  // SYS_rt_sigaction
	SYSCALL
	NEGQ AX
	MOVQ AX, errno+24(FP)
	RET

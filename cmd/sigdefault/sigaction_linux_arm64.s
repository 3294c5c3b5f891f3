#include "textflag.h"

// func sigaction(signal uintptr, to, from *action) (errno uintptr)
TEXT ·sigaction(SB), NOSPLIT, $0-32
	MOVD signal+0(FP), R0
	MOVD to+8(FP), R1
	MOVD from+16(FP), R2
	MOVD $8, R3    // bytes of a set of signals
	MOVD $134, R8  // SYS_rt_sigaction
	SVC
	NEG  R0, R0
	MOVD R0, errno+24(FP)
	RET

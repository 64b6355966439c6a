// Which vector instructions this processor has.
#ifndef AFTERGLOW_PROCESSOR_H
#define AFTERGLOW_PROCESSOR_H

/// 2 with AVX-512 F, BW, CD, DQ and VL, 1 with AVX2 and fused multiply-add, else 0.
int afterglow_processor_level(void);

#endif

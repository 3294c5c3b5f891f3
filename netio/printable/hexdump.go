package printable

// HexDump appends p in the form of nc.traditional. A line holds sixteen bytes: the direction, the
// offset of the first byte, the bytes in hexadecimal, and as text.
func HexDump(dst, p []byte, direction byte, offset int64) []byte {
	const digits, width = "0123456789abcdef", 16
	for ; len(p) > 0; p = p[min(width, len(p)):] {
		dst = append(dst, direction, ' ')
		for shift := 28; shift >= 0; shift -= 4 {
			dst = append(dst, digits[offset>>shift&15])
		}
		dst = append(dst, ' ')
		for i := range width {
			if i < len(p) {
				dst = append(dst, digits[p[i]>>4], digits[p[i]&15], ' ')
			} else {
				dst = append(dst, "   "...)
			}
		}
		dst = append(dst, '#', ' ')
		for _, b := range p[:min(width, len(p))] {
			if b < ' ' || b > '~' {
				b = '.'
			}
			dst = append(dst, b)
		}
		dst = append(dst, '\n')
		offset += width
	}
	return dst
}

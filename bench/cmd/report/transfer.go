package main

func reportTransfer(m *measurements) page { return page{} }

//go:build !linux

package resolve

import (
	"errors"
	"net"
	"net/netip"
)

// kernelInterfaces asks the kernel through package net. That reports neither deprecated addresses
// nor tunnels, so rules 3, 4 and 7 decide nothing.
type kernelInterfaces struct{}

// errNoRoutes is Gateways' error: there is no portable way to read the routing table.
var errNoRoutes = errors.New("no routing table to read")

// Addresses lists the addresses of all interfaces.
func (kernelInterfaces) Addresses() ([]InterfaceAddr, error) {
	ifaces, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var list []InterfaceAddr
	for _, iface := range ifaces {
		addrs, err := iface.Addrs()
		if err != nil {
			return nil, err
		}
		for _, a := range addrs {
			prefix, err := netip.ParsePrefix(a.String())
			if err != nil {
				continue
			}
			addr := prefix.Addr().WithZone("")
			list = append(list, InterfaceAddr{
				Addr: addr, Local: addr, Bits: prefix.Bits(), Index: uint32(iface.Index),
				HostScope: addr.IsLoopback(), LinkScope: addr.IsLinkLocalUnicast(),
			})
		}
	}
	return list, nil
}

// Index finds an interface by name.
func (kernelInterfaces) Index(name string) uint32 {
	iface, err := net.InterfaceByName(name)
	if err != nil {
		return 0
	}
	return uint32(iface.Index)
}

// Native calls every interface native.
func (kernelInterfaces) Native() (map[uint32]bool, error) {
	ifaces, err := net.Interfaces()
	native := make(map[uint32]bool)
	for _, iface := range ifaces {
		native[uint32(iface.Index)] = true
	}
	return native, err
}

// Gateways fails here.
func (kernelInterfaces) Gateways() ([]Gateway, error) { return nil, errNoRoutes }

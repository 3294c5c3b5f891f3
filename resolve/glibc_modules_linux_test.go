package resolve

import "slices"

// moduleWorlds play with modules that need not be installed, in each set of
// interfaces: glibc and we have to agree about those that are not, too.
func moduleWorlds() []world {
	list := []world{
		{name: "modules, loopback", setup: onlyLoopback},
		{name: "modules, dual", setup: dualStack},
		{name: "modules, ipv4", setup: onlyIPv4},
		{name: "modules, ipv6", setup: onlyIPv6},
		{name: "modules, many", setup: append(slices.Clone(manyAddresses), "ip link set w0 down")},
	}
	zone := map[string]string{"printer.local A": "A 192.0.2.1",
		"printer.local AAAA": "AAAA 2001:db8::1",
		"x.y.local A":        "A 192.0.2.2", "x.y.local AAAA": "nodata", "wide.test A": "A 192.0.2.3",
		"wide.test AAAA": "nodata", "both.test *": "nxdomain"}
	for i := range list {
		for _, line := range []string{"hosts: myhostname\n", "hosts: files myhostname dns\n",
			"hosts: dns myhostname\n", "hosts: files myhostname [NOTFOUND=return] dns\n"} {
			for _, host := range []string{"testhost", "Full.Host.test"} {
				list[i].steps = append(list[i].steps, situation{
					name: "myhostname by " + line, hostname: host, zone: zone,
					files: map[string]string{"nsswitch.conf": line, "hosts": "10.0.0.1 infile\n",
						"host.conf": "multi on\n", "resolv.conf": "nameserver 127.0.0.1\n"},
					questions: everyFamily("testhost", "TESTHOST", "testhost.", "testhost..",
						"Full.Host.test", "full.host.test", "Full", "localhost", "LocalHost", "localhost.",
						"localhost..", "foo.localhost", "Foo.LOCALHOST.", ".localhost", "xlocalhost",
						"localhost.localdomain", "localhost.localdomain.", "foo.localhost.localdomain",
						"localhost4", "_gateway", "_GATEWAY", "gateway", "_gateway.", "_outbound",
						"_outbound.", "outbound", "infile", "wide.test", "nosuch", ""),
				})
			}
		}
		for _, line := range []string{"hosts: mdns4_minimal [NOTFOUND=return] dns\n",
			"hosts: files mdns_minimal [NOTFOUND=return] dns mdns\n", "hosts: mdns6_minimal\n",
			"hosts: dns mdns4\n", "hosts: mdns [UNAVAIL=return] dns\n"} {
			list[i].steps = append(list[i].steps, situation{
				name: "mdns by " + line, zone: zone, queries: anyQueries,
				files: map[string]string{"nsswitch.conf": line, "hosts": "10.0.0.1 infile\n",
					"host.conf": "multi on\n", "resolv.conf": "nameserver 127.0.0.1\n"},
				questions: everyFamily("printer.local", "x.y.local", "wide.test", "nosuch.local", "infile",
					"local", "local."),
			})
		}
	}
	return list
}

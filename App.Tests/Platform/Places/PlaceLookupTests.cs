using System.Buffers.Binary;
using System.Text;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Places;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Tests.Platform.Places;

public class PlaceLookupTests
{
    [Theory]
    [InlineData("8.8.8.8", "US")]
    [InlineData("114.114.114.114", "CN")]
    [InlineData("223.5.5.5", "CN")]
    [InlineData("193.0.6.139", "NL")]
    [InlineData("::ffff:8.8.8.8", "US")]
    [InlineData("2001:4860:4860::8888", "US")]
    [InlineData("2400:3200::1", "CN")]
    // Nowhere: private ones, this machine, documentation's, what no table has, and what is no address.
    [InlineData("127.0.0.1", "")]
    [InlineData("10.1.2.3", "")]
    [InlineData("192.168.1.1", "")]
    [InlineData("172.17.0.1", "")]
    [InlineData("100.64.0.9", "")]
    [InlineData("203.0.113.10", "")]
    [InlineData("::1", "")]
    [InlineData("fe80::1", "")]
    [InlineData("fd00::5", "")]
    [InlineData("0.0.0.0", "")]
    [InlineData("255.255.255.255", "")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "")]
    [InlineData("somewhere", "")]
    [InlineData(null, "")]
    public void A_country_is_known_by_the_programs_own_table(string? ip, string country)
    {
        using var places = new PlaceLookup(new ConfigurationBuilder().Build());
        Assert.Equal(new Place(country, ""), places.Of(ip));
    }

    [Fact]
    public void It_is_said_in_both_languages_and_found_by_either()
    {
        Assert.Equal(("Germany", "德国"), (new Place("DE", "").Said(Localizer.For("en")), new Place("DE", "").Said(Localizer.For("zh"))));
        Assert.Equal(("Berlin, Germany", "德国 Berlin"), (new Place("DE", "Berlin").Said(Localizer.For("en")), new Place("DE", "Berlin").Said(Localizer.For("zh"))));
        Assert.Equal(("QQ", ""), (new Place("QQ", "").Said(Localizer.For("en")), Place.Unknown.Said(Localizer.For("en"))));
        foreach (var part in new[] { "de", "berlin", "germany", "德国" })
            Assert.Contains(part, new Place("DE", "Berlin").Folded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_the_operators_own_names_cities()
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "places.mmdb");
        await File.WriteAllBytesAsync(file, Database());
        using var places = new PlaceLookup(Named(file));
        Assert.Equal(new Place("DE", "Berlin"), places.Of("203.0.113.7"));
        // What it does not know, the table may.
        Assert.Equal(new Place("US", ""), places.Of("8.8.8.8"));
        Assert.Equal(Place.Unknown, places.Of("127.0.0.1"));
    }

    [Fact]
    public async Task A_file_that_is_none_is_said_at_the_start()
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "places.mmdb");
        await File.WriteAllTextAsync(file, "no database");
        var said = Assert.Throws<ConfigException>(() => new PlaceLookup(Named(file)));
        Assert.Contains(PlaceLookup.Option, said.Message, StringComparison.Ordinal);
        Assert.Contains(file, said.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Named(string file) => new ConfigurationBuilder().AddInMemoryCollection([new(PlaceLookup.Option, file)]).Build();

    // MaxMind's form (maxmind-db specification 2.0) with one network, 203.0.113.0/24, in Berlin.
    private static byte[] Database()
    {
        uint network = 0xCB007100;
        const int nodes = 24;
        var bytes = new List<byte>();
        for (var bit = 0; bit < nodes; bit++)
        {
            var next = (uint)(bit == nodes - 1 ? nodes + 16 : bit + 1);
            var (left, right) = (network >> (31 - bit) & 1) == 0 ? (next, (uint)nodes) : ((uint)nodes, next);
            bytes.AddRange(Big(left));
            bytes.AddRange(Big(right));
        }
        bytes.AddRange(new byte[16]);
        bytes.AddRange([.. Map(2), .. Word("city"), .. Map(1), .. Word("names"), .. Map(1), .. Word("en"), .. Word("Berlin"), .. Word("country"), .. Map(1), .. Word("iso_code"), .. Word("DE")]);
        bytes.AddRange([0xAB, 0xCD, 0xEF, .. Encoding.ASCII.GetBytes("MaxMind.com"), .. Map(9)]);
        bytes.AddRange([.. Word("node_count"), 0xC1, nodes, .. Word("record_size"), 0xA1, 32, .. Word("ip_version"), 0xA1, 4, .. Word("database_type"), .. Word("Test-City"), .. Word("languages"), 0x01, 0x04, .. Word("en")]);
        bytes.AddRange([.. Word("binary_format_major_version"), 0xA1, 2, .. Word("binary_format_minor_version"), 0xA0, .. Word("build_epoch"), 0x01, 0x02, 1, .. Word("description"), .. Map(1), .. Word("en"), .. Word("t")]);
        return [.. bytes];

        static byte[] Map(byte entries) => [(byte)(0xE0 | entries)];
        static byte[] Word(string text) => [(byte)(0x40 | text.Length), .. Encoding.UTF8.GetBytes(text)];
        static byte[] Big(uint value)
        {
            var b = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(b, value);
            return b;
        }
    }
}

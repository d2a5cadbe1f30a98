using System.Net;
using System.Text.Json;
using Gatehouse.Cli.Shell;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Probe;
using Gatehouse.Platform.Crypto;
using Gatehouse.Tests.Cli;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp.Probe;

/// <summary><c>relay probe</c>: what it takes, prints and ends with.</summary>
public sealed class RelayProbeCommandTests
{
    private const string Hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private const string Other = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

    [Fact]
    public async Task It_prints_a_line_a_step_and_ends_with_0()
    {
        using var certificate = TestCertificate.Make(TimeSpan.FromDays(90), "127.0.0.1");
        await using var relay = new FakeRelay(Quirk.None, certificate.Shown());
        await using var stun = StunServer.Start(new IPEndPoint(IPAddress.Loopback, 0));
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("keys"), $"# probers\nprivkey:{Hex}\n{Other}\n");
        var ran = await Probe(relay, "--stun-port", $"{stun.Port}", "--cert-name", certificate.CertName(), "--key", folder.File("keys"));
        Assert.True(ran.Code == ExitCode.Ok, ran.Out + ran.Error);
        Assert.Equal(DerpProber.Steps, ran.Lines.Skip(1).Select(l => l.Split(' ')[0]));
        Assert.All(ran.Lines.Skip(1), l => Assert.Matches(@"^\w+ +(ok +\d+\.\d\d|skipped +-) +\S", l));
        Assert.Equal([Public(Hex), Public(Other)], relay.Keys);
        Assert.Empty(ran.Error);
    }

    [Fact]
    public async Task A_failure_is_1_and_standard_error_names_the_step()
    {
        await using var relay = new FakeRelay(Quirk.Refuses);
        var ran = await Probe(relay, "--plain", "--stun-port", "-1");
        Assert.Equal(ExitCode.Failed, ran.Code);
        Assert.Matches(@"^gatehouse: handshake: the relay refused the key nodekey:[0-9a-f]{64}\s*$", ran.Error);
        Assert.Contains(ran.Lines, l => l.StartsWith("relay ", StringComparison.Ordinal) && l.EndsWith("handshake failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Quirk.None, ExitCode.Ok, "ok")]
    [InlineData(Quirk.WrongPong, ExitCode.Failed, "failed")]
    public async Task As_JSON_standard_output_is_the_report_and_nothing_else(Quirk quirk, int code, string ping)
    {
        await using var relay = new FakeRelay(quirk);
        var ran = await Probe(relay, "--plain", "--stun-port", "0", "--json");
        Assert.Equal(code, ran.Code);
        using var json = JsonDocument.Parse(ran.Out);
        var root = json.RootElement;
        Assert.Equal(code == ExitCode.Ok, root.GetProperty("ok").GetBoolean());
        Assert.Equal($"127.0.0.1:{relay.Port}", root.GetProperty("target").GetString());
        Assert.Equal(relay.PublicKey, root.GetProperty("relay_key").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("cert_name").ValueKind);
        var step = root.GetProperty("steps").EnumerateArray().Single(s => s.GetProperty("name").GetString() == "ping");
        Assert.Equal(ping, step.GetProperty("result").GetString());
        Assert.True(step.GetProperty("ms").GetDouble() > 0);
    }

    [Theory]
    [InlineData("--target relay:0", "--target must be")]
    [InlineData("--target http://relay", "--target must be")]
    [InlineData("--stun-port 1", "--target")]
    [InlineData("--target relay --stun-port 65536", "--stun-port must be")]
    [InlineData("--target relay --stun-port -2", "--stun-port must be")]
    [InlineData("--target relay --cert-name sha256-raw:12", "--cert-name must be")]
    [InlineData("--target relay --plain --cert-name relay", "--plain")]
    public async Task Wrong_usage_is_2(string line, string says)
    {
        var ran = await Shell.Run(["relay", "probe", .. line.Split(' ')]);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(says, ran.Error);
    }

    [Fact]
    public async Task A_key_file_that_is_none_is_told_without_its_content()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("keys"), "privkey:secret");
        var ran = await Shell.Run("relay", "probe", "--target", "127.0.0.1:1", "--key", folder.File("keys"));
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains("line 1 is not privkey:", ran.Error);
        Assert.DoesNotContain("secret", ran.Error.Replace(folder.Path, ""));
        Assert.Equal(ExitCode.Failed, (await Shell.Run("relay", "probe", "--target", "127.0.0.1:1", "--key", folder.File("none"))).Code);
    }

    [Theory]
    [InlineData($"{{\"PrivateKey\":\"privkey:{Hex}\"}}", Hex)]
    [InlineData($"\n {{ \"Other\": 1, \"PrivateKey\": \"privkey:{Hex}\" }}\n", Hex)]
    [InlineData($"privkey:{Hex}", Hex)]
    [InlineData($"# two\r\n\r\n{Hex}\r\nprivkey:{Other}\r\n", Hex + " " + Other)]
    public void Keys_are_read_in_every_form(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', ProbeKeys.Parse(text).Select(k => Convert.ToHexStringLower(k.Span))));

    [Theory]
    [InlineData("", "not 0")]
    [InlineData($"{Hex}\n{Hex}\n{Hex}", "not 3")]
    [InlineData($"{Hex}0", "line 1")]
    [InlineData($"{Hex}\nnodekey:{Hex}", "line 2")]
    [InlineData("{", "none")]
    [InlineData("{\"PrivateKey\":7}", "no PrivateKey")]
    [InlineData("{\"PrivateKey\":\"\"}", "PrivateKey is not")]
    public void Other_texts_are_no_keys(string text, string says) => Assert.Contains(says, Assert.Throws<FormatException>(() => ProbeKeys.Parse(text)).Message);

    [Theory]
    [InlineData("relay.example.com:8443", "relay.example.com:8443")]
    [InlineData("relay", "relay:443")]
    [InlineData("203.0.113.10:20443", "203.0.113.10:20443")]
    [InlineData("[2001:db8::1]:8443", "[2001:db8::1]:8443")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]:443")]
    [InlineData("2001:db8::1", "[2001:db8::1]:443")]
    [InlineData("relay:", null)]
    [InlineData("relay:65536", null)]
    [InlineData("relay:+1", null)]
    [InlineData("[relay]:443", null)]
    [InlineData("re lay:443", null)]
    [InlineData(":443", null)]
    [InlineData("", null)]
    public void A_target_is_a_host_and_a_port(string text, string? expected) => Assert.Equal(expected, ProbeTarget.Parse(text)?.Authority);

    [Theory]
    [InlineData("relay:443", true, "relay")]
    [InlineData("[2001:db8::1]:443", true, "[2001:db8::1]")]
    [InlineData("relay:80", false, "relay")]
    [InlineData("relay:443", false, "relay:443")]
    public void The_scheme_s_own_port_is_not_said(string text, bool tls, string expected) => Assert.Equal(expected, (ProbeTarget.Parse(text)! with { Tls = tls }).HostHeader);

    private static Task<Ran> Probe(FakeRelay relay, params string[] args) => Shell.Run(["relay", "probe", "--target", $"127.0.0.1:{relay.Port}", .. args]);

    private static string Public(string secret) => Convert.ToHexStringLower(Box.PublicKey(Convert.FromHexString(secret)));
}

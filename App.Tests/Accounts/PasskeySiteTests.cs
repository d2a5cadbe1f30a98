using Gatehouse.Accounts.Passkeys;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Tests.Accounts;

/// <summary>By which name a browser has come, and what it sees there.</summary>
public sealed class PasskeySiteTests
{
    [Theory]
    [InlineData("https", "keys.example.com", null, "keys.example.com", "https://keys.example.com")]
    [InlineData("https", "Keys.Example.com:443", null, "keys.example.com", "https://keys.example.com")]
    [InlineData("https", "keys.example.com:8443", null, "keys.example.com", "https://keys.example.com:8443")]
    [InlineData("https", "xn--fiqs8s.example", null, "xn--fiqs8s.example", "https://xn--fiqs8s.example")]
    [InlineData("http", "localhost:8080", null, "localhost", "http://localhost:8080")]
    [InlineData("http", "shop.localhost:8080", null, "shop.localhost", "http://shop.localhost:8080")]
    // A proxy that takes the TLS off does not tell; the operator does.
    [InlineData("http", "keys.example.com", "https://keys.example.com/", "keys.example.com", "https://keys.example.com")]
    [InlineData("https", "keys.example.com:8443", "https://keys.example.com", "keys.example.com", "https://keys.example.com")]
    // Another name is another place, also one below or above the same.
    [InlineData("https", "shop.example.com", "https://example.com", "shop.example.com", "https://shop.example.com")]
    [InlineData("https", "keys.example.cn", "https://keys.example.com", "keys.example.cn", "https://keys.example.cn")]
    public void A_name_is_a_place(string scheme, string host, string? publicUrl, string rpId, string origin) =>
        Assert.Equal(new PasskeySite(rpId, origin), Of(scheme, host, publicUrl));

    [Theory]
    [InlineData("http", "keys.example.com", null)]
    [InlineData("https", "203.0.113.7", null)]
    [InlineData("https", "[2001:db8::7]:8443", null)]
    [InlineData("http", "127.0.0.1:8080", null)]
    [InlineData("https", "127.0.0.1", "https://127.0.0.1")]
    [InlineData("http", "shop.example.com", "https://example.com")]
    [InlineData("https", "", null)]
    [InlineData("https", "a b", null)]
    public void Elsewhere_browsers_know_no_passkeys(string scheme, string host, string? publicUrl) => Assert.Null(Of(scheme, host, publicUrl));

    private static PasskeySite? Of(string scheme, string host, string? publicUrl)
    {
        var config = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Server:PublicUrl"] = publicUrl ?? "" }).Build();
        return new PasskeySites(config).Of(new DefaultHttpContext { Request = { Scheme = scheme, Host = new HostString(host) } });
    }

    /// <summary>The pages offer it where it can be had, and nowhere else.</summary>
    [Fact]
    public async Task The_door_offers_it_at_a_name()
    {
        await using var server = await TestServer.Start();
        Assert.Null((await server.Browser().Get("/sign-in")).Document.QuerySelector("[data-passkey]"));
        var browser = server.Browser();
        var page = await browser.Send(() => new HttpRequestMessage(HttpMethod.Get, "/sign-in?return=/admin/keys") { Headers = { Host = "localhost:8080" } });
        var form = page.One("form[data-passkey=get]");
        Assert.True(form.HasAttribute("hidden"));
        Assert.Equal("username webauthn", page.One("#username").GetAttribute("autocomplete"));
        Assert.Equal("/admin/keys", form.QuerySelector("[name=return]")!.GetAttribute("value"));
        var options = System.Text.Json.Nodes.JsonNode.Parse(form.GetAttribute("data-options")!)!;
        Assert.Equal(("localhost", "required"), ((string)options["rpId"]!, (string)options["userVerification"]!));
        Assert.Empty(options["allowCredentials"]!.AsArray());
        Assert.True(((string)options["challenge"]!).Length > 40);
    }
}

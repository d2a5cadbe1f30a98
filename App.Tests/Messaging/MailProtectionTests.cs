using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Messaging;

/// <summary>Mail goes to whom it is meant for over a connection that is protected as it was set, or not at all.</summary>
public sealed class MailProtectionTests
{
    [Theory]
    [InlineData("--starttls", "starttls")]
    [InlineData("--tls", "tls")]
    public async Task Over_a_protected_connection_to_a_server_that_is_believed(string option, string security)
    {
        using var authority = new TestAuthority();
        await using var smtp = await SmtpServer.Start(authority, "localhost", option);
        await using var post = await PostOffice.Open();
        post.Trust.Also.Add(authority.Root);
        await post.SetUp(smtp.Port, security);
        await post.SendCode();
        Assert.Null(await post.Fault());
        Assert.True((await smtp.Only()).Tls);
    }

    [Fact]
    public async Task A_server_that_wants_STARTTLS_says_so_to_who_comes_without()
    {
        using var authority = new TestAuthority();
        await using var smtp = await SmtpServer.Start(authority, "localhost", "--starttls");
        await using var post = await PostOffice.Open();
        await post.SetUp(smtp.Port, "none");
        await post.SendCode();
        Assert.StartsWith("The mail server answered: 530 ", await post.Fault(), StringComparison.Ordinal);
        // Staff can mend that, so it is not given up.
        post.Trust.Also.Add(authority.Root);
        await post.SetUp(smtp.Port, "starttls");
        await post.LookLater(6);
        Assert.True((await smtp.Only()).Tls);
    }

    [Theory]
    [InlineData("--starttls", "starttls")]
    [InlineData("--tls", "tls")]
    public async Task A_certificate_that_nobody_vouches_for_is_refused(string option, string security)
    {
        using var authority = new TestAuthority();
        await using var smtp = await SmtpServer.Start(authority, "localhost", option);
        await using var post = await PostOffice.Open();
        await post.SetUp(smtp.Port, security);
        await post.SendCode();
        Assert.StartsWith("The certificate of the mail server is not trusted (", await post.Fault(), StringComparison.Ordinal);
        Assert.Empty(smtp.Taken);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_also_where_its_maker_is_believed()
    {
        using var authority = new TestAuthority();
        await using var smtp = await SmtpServer.Start(authority, "mx.example.net", "--tls");
        await using var post = await PostOffice.Open();
        post.Trust.Also.Add(authority.Root);
        await post.SetUp(smtp.Port, "tls");
        await post.SendCode();
        Assert.Equal("The certificate of the mail server is not for localhost but for CN=mx.example.net.", await post.Fault());
        Assert.Empty(smtp.Taken);
    }

    [Fact]
    public async Task Nothing_is_said_in_the_clear_to_a_server_without_STARTTLS()
    {
        await using var smtp = await SmtpServer.Start("--user", "shop", "--password", "x");
        await using var post = await PostOffice.Open();
        await post.SetUp(smtp.Port, "starttls", user: "shop", password: "x");
        await post.SendCode();
        Assert.StartsWith("The mail server does not offer what is set: ", await post.Fault(), StringComparison.Ordinal);
        Assert.Empty(smtp.Taken);
    }

    [Fact]
    public async Task Name_and_password_are_shown_to_a_server_that_asks_for_them()
    {
        using var authority = new TestAuthority();
        await using var smtp = await SmtpServer.Start(authority, "localhost", "--starttls", "--user", "shop", "--password", "pass wörd");
        await using var post = await PostOffice.Open();
        post.Trust.Also.Add(authority.Root);
        await post.SetUp(smtp.Port, "starttls", user: "shop", password: "wrong");
        await post.SendCode();
        Assert.StartsWith("The mail server did not take user name and password: ", await post.Fault(), StringComparison.Ordinal);
        await post.SetUp(smtp.Port, "starttls", user: "shop", password: "pass wörd");
        await post.LookLater(6);
        Assert.Equal("shop", (await smtp.Only()).User);
    }

    [Fact]
    public async Task A_private_address_is_not_connected_to_unless_it_is_named()
    {
        await using var post = await PostOffice.Open();
        await post.SetUp(25, "tls", host: "10.255.255.1");
        await post.SendCode();
        Assert.Equal("10.255.255.1 leads to 10.255.255.1, which is inside a private network. If that is meant, name it in Outbound:AllowedHosts.", await post.Fault());
    }

    [Fact]
    public async Task Without_encryption_no_name_that_leads_elsewhere_is_connected_to()
    {
        await using var post = await PostOffice.Open(options: new() { ["Outbound:AllowedHosts"] = "10.0.0.0/8" });
        await post.SetUp(25, "none", host: "10.255.255.1");
        await post.SendCode();
        Assert.Equal("10.255.255.1 leads to 10.255.255.1, which is another machine: mail goes there by STARTTLS or TLS only.", await post.Fault());
    }
}

using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Gatehouse.Tests.Platform.Ui;

/// <summary>A form that is refused shows itself again at an address that it was sent to, where there may be no page.</summary>
public sealed class PagePathTests
{
    [Theory]
    [InlineData("/preferences/language")]
    [InlineData("/preferences/theme")]
    public async Task The_switches_of_a_refused_form_lead_back_to_where_it_stands(string to)
    {
        await using var server = await TestServer.Start();
        var stands = $"/admin/staff/{await server.Staff.Account(Role.Operator)}?from=list";
        var browser = await server.SignedIn(Role.Admin);
        var form = (await browser.Get(stands)).One("form[action$='/password']");
        var refused = await browser.Send(() => new HttpRequestMessage(HttpMethod.Post, form.GetAttribute("action"))
        {
            Headers = { Referrer = new Uri(server.Address, stands) },
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["password"] = "short", ["_csrf"] = form.QuerySelector("input[name=_csrf]")!.GetAttribute("value")! }),
        });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        var back = await browser.Submit(refused, $"form[action='{to}']");
        Assert.Equal((HttpStatusCode.OK, stands), (back.Status, back.Path));
    }

    [Fact]
    public async Task What_is_tried_again_after_trouble_is_the_page_and_not_the_form()
    {
        await using var server = await TestServer.Start(map: app => app.MapPost("/test/away", Task () => throw new StorageUnavailableException("away")).OpenToAll());
        var browser = server.Browser();
        var csrf = (await browser.Get("/sign-in")).One("form[action='/sign-in'] input[name=_csrf]").GetAttribute("value")!;
        var away = await browser.Send(() => new HttpRequestMessage(HttpMethod.Post, "/test/away")
        {
            Headers = { Referrer = new Uri(server.Address, "/sign-in?return=%2Fadmin") },
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["_csrf"] = csrf }),
        });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.Status);
        Assert.Equal("/sign-in?return=%2Fadmin", away.One("main a.btn-primary").GetAttribute("href"));
    }
}

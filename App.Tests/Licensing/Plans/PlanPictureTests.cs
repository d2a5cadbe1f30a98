using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Plans;

/// <summary>The picture of a plan: what it may be, where it shows, and that it goes with the plan.</summary>
public sealed class PlanPictureTests
{
    [Fact]
    public async Task A_picture_shows_in_the_shop_and_goes_with_the_plan()
    {
        await using var server = await TestServer.Start();
        var (http, browser) = (await server.As(Role.Admin), await server.SignedIn(Role.Admin));
        var plan = (string)(await http.PostApi("/api/plans", new { name = "VIP", on_sale = true }))["plan"]!["id"]!;
        var page = await browser.Submit(await browser.Get("/admin/plans/" + plan), "form[action$='/picture']", new() { ["picture"] = TenantsEndpoints.Pixel });
        var address = page.One(".gh-plan-picture").GetAttribute("src")!;
        Assert.Equal(address, (await server.Browser().Get("/shop")).One(".gh-tile img").GetAttribute("src"));
        Assert.Equal(address, (await server.Browser().Get("/buy/" + plan)).One(".gh-offer-picture").GetAttribute("src"));
        Assert.Equal(address, (string)(await server.Http.GetApi("/api/shop/plans"))["items"]![0]!["picture"]!);
        var shown = await server.Http.GetAsync(address);
        Assert.Equal(("image/png", "default-src 'none'; sandbox"), (shown.Content.Headers.ContentType!.MediaType, shown.Headers.GetValues("Content-Security-Policy").Single()));
        Assert.Equal(Convert.FromBase64String(TenantsEndpoints.Pixel), await shown.Content.ReadAsByteArrayAsync());

        // Changing the plan keeps it; taken away it is gone, and a plan that is deleted takes it along.
        await browser.Submit(await browser.Get("/admin/plans/" + plan), "form#plan");
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(address)).StatusCode);
        await browser.Submit(await browser.Get("/admin/plans/" + plan), "form[action$='/picture/remove']");
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(address)).StatusCode);
        await http.CallApi(HttpMethod.Put, $"/api/plans/{plan}/picture", new { picture = TenantsEndpoints.Pixel });
        Assert.True((bool)(await http.DeleteApi("/api/plans/" + plan))["deleted"]!);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM plan_pictures")));
    }

    [Fact]
    public async Task What_is_no_picture_is_told_whatever_it_is_called()
    {
        await using var server = await TestServer.Start();
        var (http, browser) = (await server.As(Role.Admin), await server.SignedIn(Role.Admin));
        var plan = await http.Plan();
        var png = Convert.FromBase64String(TenantsEndpoints.Pixel);
        foreach (var wrong in new[] { "?", Convert.ToBase64String("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"u8), Convert.ToBase64String([.. png, .. new byte[1024 * 1024]]) })
            (await http.CallApi(HttpMethod.Put, $"/api/plans/{plan}/picture", new { picture = wrong })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "picture");
        Assert.Equal(HttpStatusCode.OK, (await http.CallApi(HttpMethod.Put, $"/api/plans/{plan}/picture", new { picture = Convert.ToBase64String([.. png, .. new byte[1024 * 1024 - png.Length]]) })).Status);
        var told = await browser.Submit(await browser.Get("/admin/plans/" + plan), "form[action$='/picture']", new() { ["picture"] = "bm8=" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, told.Status);
        Assert.Contains("at most 1 MB", told.One("#picture-error").TextContent);
    }
}

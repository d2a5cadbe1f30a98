using Gatehouse.Platform.Features;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Parts;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Platform.Features;

/// <summary>What features declare fits together, and what it is shown in holds to it.</summary>
public sealed class FeatureTests
{
    private static IReadOnlyList<Feature> Features => Program.Features;

    private static void Distinct<T>(IEnumerable<T> declared) => Assert.Equal([], declared.GroupBy(d => d).Where(g => g.Count() > 1).Select(g => g.Key));

    [Fact]
    public void No_two_features_declare_the_same()
    {
        Distinct(Features.SelectMany(f => f.Permissions).Select(p => p.Name));
        Distinct(Features.SelectMany(f => f.Permissions).Select(p => p.Order));
        Distinct(Features.SelectMany(f => f.ErrorCodes).Select(e => e.Code));
        Distinct(Features.SelectMany(f => f.Navigation).Select(n => n.Id));
        Distinct(Features.SelectMany(f => f.Navigation).Select(n => n.Go));
        Distinct(Features.SelectMany(f => f.Navigation).Select(n => n.Order));
        Distinct(Features.SelectMany(f => f.PublicNavigation).Select(e => e.Id));
        Distinct(Features.SelectMany(f => f.PublicNavigation).Select(e => e.Order));
        Distinct(Features.SelectMany(f => f.Dashboard).Select(d => d.Order));
        Distinct(Features.SelectMany(f => f.Settings).Select(s => s.Name));
        Distinct(Features.SelectMany(f => f.Settings).Select(s => s.Order));
        Distinct(Features.SelectMany(f => f.Jobs).Select(j => j.Name));
        Distinct(Features.SelectMany(f => f.HealthChecks).Select(c => c.Name));
    }

    [Fact]
    public void What_they_name_exists()
    {
        var icons = Features.SelectMany(f => f.Navigation.Select(n => n.Icon).Concat(f.PublicNavigation.Select(e => e.Icon).OfType<string>()).Concat(f.HomeGuides.SelectMany(g => g.Steps.Select(s => s.Icon))));
        Assert.All(icons, icon => Assert.NotEmpty(IconSet.Svg(icon)));
        Assert.All(Features.SelectMany(f => f.StyleSheets), s => Assert.Contains(s.Path, Assets.Paths));
        Assert.All(Features.SelectMany(f => f.SecurityLogs), category => Assert.NotNull(typeof(Feature).Assembly.GetType(category)));
        Assert.All(Features.SelectMany(f => f.Settings), s => Assert.True((s.Optional && s.Default.Length == 0 || s.Valid(s.Default)) && (s.Normal is null || s.Normal(s.Default) == s.Default), s.Name));
    }

    [Fact]
    public async Task Every_permission_that_is_asked_for_is_declared_and_none_is_left_over()
    {
        await using var server = await TestServer.Start();
        var asked = Endpoints(server).Select(e => Rule(e).Permission).OfType<Permission>().Distinct();
        Assert.Equal(server.Service<PermissionCatalogue>().All.Select(p => p.Name).Order(), asked.Select(p => p.Name).Order());
    }

    [Fact]
    public async Task An_entry_leads_to_a_page_that_lets_in_who_sees_it()
    {
        await using var server = await TestServer.Start();
        var pages = Endpoints(server).Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true).ToLookup(e => "/" + e.RoutePattern.RawText!.Trim('/'));
        Assert.All(Features.SelectMany(f => f.Navigation), entry => Assert.Equal(new AccessRule(entry.Needs, true), Rule(Assert.Single(pages[entry.Href]))));
        Assert.All(Features.SelectMany(f => f.PublicNavigation), entry => Assert.Equal(new AccessRule(null, false), Rule(Assert.Single(pages[entry.Href]))));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("zh")]
    public async Task An_entry_is_called_as_the_page_it_leads_to(string language)
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Owner);
        browser.SetCookie("gh-lang", language);
        foreach (var entry in Features.SelectMany(f => f.Navigation))
            Assert.StartsWith(Localizer.For(language)[entry.Label] + " · ", (await browser.Get(entry.Href)).Document.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dashboard_shows_what_a_feature_registers_to_who_may_see_it()
    {
        var secret = new Permission("secret.read", Role.Owner, 999);
        var loads = 0;
        await using var server = await TestServer.Start(adjust: s =>
        {
            s.AddSingleton(secret);
            s.AddSingleton(new DashboardSection(99, secret, _ =>
            {
                loads++;
                return Task.FromResult(new DashboardCards
                {
                    Lead = "3 secrets", Figures = b => b.AddMarkupContent(0, "<p id=figure></p>"), Chart = b => b.AddMarkupContent(0, "<p id=chart></p>"),
                    Attention = b => b.AddMarkupContent(0, "<p id=attention></p>"), Table = b => b.AddMarkupContent(0, "<p id=table></p>"),
                });
            }));
        });
        var shown = await (await server.SignedIn(Role.Owner)).Get("/admin");
        Assert.EndsWith(" · 3 secrets", shown.One(".gh-head p").TextContent);
        Assert.NotNull(shown.One(".gh-stats > #figure"));
        Assert.NotNull(shown.One(".gh-cols > #chart"));
        Assert.NotNull(shown.One(".gh-cols .card > #attention"));
        Assert.NotNull(shown.One("#main > #table"));
        Assert.Equal(1, loads);
        var hidden = await (await server.SignedIn(Role.Admin)).Get("/admin");
        Assert.DoesNotContain("secrets", hidden.Html);
        Assert.Equal(1, loads);
    }

    private static IEnumerable<RouteEndpoint> Endpoints(TestServer server) => server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    private static AccessRule Rule(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<AccessRule>()!;
}

using Gatehouse.Platform.Features;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Ui;
using Gatehouse.Support.Announcements;
using Gatehouse.Support.Articles;
using Gatehouse.Support.Permissions;

namespace Gatehouse.Support;

/// <summary>What people are told, and what they look up by themselves.</summary>
public sealed class SupportFeature : Feature
{
    public override IReadOnlyList<Permission> Permissions => SupportPermissions.All;

    public override IReadOnlyList<NavigationEntry> Navigation =>
    [
        new("announcements", 44, "/admin/announcements", "info", "announcements.nav", "n", SupportPermissions.SupportRead),
        new("articles", 46, "/admin/articles", "book", "articles.nav", "h", SupportPermissions.SupportRead),
    ];

    public override IReadOnlyList<PublicEntry> PublicNavigation => [new("help", 70, "/help", "help.nav"), new("news", 80, "/news", "news.nav") { InFoot = true }];

    public override IReadOnlyList<AccountSection> AccountHome => [new(80, NewsCard.Load)];

    public override IReadOnlyList<NoticeKind> Notices => [AnnouncementService.News];

    public override IReadOnlyList<ErrorCode> ErrorCodes => [.. AnnouncementErrors.All, .. ArticleErrors.All];

    public override IReadOnlyList<StyleSheet> StyleSheets => [new("support.css")];

    public override DemoPart Demo() => new SupportDemo();

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        services.AddSingleton<AnnouncementBoard>();
        services.AddSingleton<IBannerSource>(s => s.GetRequiredService<AnnouncementBoard>());
        services.AddSingleton<AnnouncementService>();
        services.AddSingleton<ArticleService>();
        services.AddSingleton<ReaderValues>();
        services.AddApiJson(AnnouncementJson.Default, ArticleJson.Default);
        services.AddFields<Announcement, AnnouncementInput>(Announcement.Fields, "AnnouncementView");
        services.AddFields<Article, ArticleInput>(Article.Fields, "ArticleView");
    }

    public override void Map(IEndpointRouteBuilder app)
    {
        AnnouncementEndpoints.Map(app);
        ArticleEndpoints.Map(app);
        AnnouncementPages.Map(app);
        ArticlePages.Map(app);
        HelpPages.Map(app);
    }
}

using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tenants;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Ui;
using Gatehouse.Support.Announcements;
using Gatehouse.Support.Articles;
using Gatehouse.Support.CannedAnswers;
using Gatehouse.Support.MyTickets;
using Gatehouse.Support.Permissions;
using Gatehouse.Support.TicketDesk;
using Gatehouse.Support.TicketFiles;
using Gatehouse.Support.Tickets;

namespace Gatehouse.Support;

/// <summary>What people are told, and what they look up by themselves.</summary>
public sealed class SupportFeature : Feature
{
    public override IReadOnlyList<Permission> Permissions => SupportPermissions.All;

    public override IReadOnlyList<NavigationEntry> Navigation =>
    [
        new("tickets", 37, TicketDeskPages.Path, "message", "tickets.nav", "i", SupportPermissions.TicketsRead) { Group = NavigationEntry.People },
        new("announcements", 44, "/admin/announcements", "info", "announcements.nav", "n", SupportPermissions.SupportRead) { Group = NavigationEntry.People },
        new("articles", 46, "/admin/articles", "book", "articles.nav", "h", SupportPermissions.SupportRead) { Group = NavigationEntry.People },
    ];

    public override IReadOnlyList<PublicEntry> PublicNavigation => [new("help", 70, "/help", "help.nav"), new("news", 80, "/news", "news.nav") { InFoot = true }];

    public override IReadOnlyList<AccountSection> AccountHome => [new(70, MyTicketPages.Load), new(80, NewsCard.Load)];

    public override IReadOnlyList<AccountEntry> AccountNavigation => [new("tickets", 60, MyTicketPages.Path, "mytickets.title")];

    public override IReadOnlyList<AccountPart> AccountParts => [new("tickets", "tickets.nav", TicketService.Count, TicketObservers.Move)];

    public override IReadOnlyList<OwnDataFile> OwnData => [new("tickets.json", TicketData.Write)];

    public override IReadOnlyList<PersonTab> PersonTabs => [TicketDeskPages.Tab];

    public override IReadOnlyList<SettingDefinition> Settings => TicketSettings.All;

    public override IReadOnlyList<Job> Jobs => [new(TicketJobs.Tidy, "0 10 3 * * ?", TicketJobs.RunTidy)];

    public override IReadOnlyList<ErrorCode> ErrorCodes => [.. AnnouncementErrors.All, .. ArticleErrors.All, .. TicketErrors.All, .. CannedAnswerErrors.All];

    public override IReadOnlyList<NoticeKind> Notices => [NewsTeller.News, TicketNotices.Asked, TicketNotices.Answered];

    public override IReadOnlyList<StyleSheet> StyleSheets => [new("support.css")];

    public override DemoPart Demo() => new SupportDemo();

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        services.AddSingleton<AnnouncementBoard>();
        services.AddSingleton<IBannerSource>(s => s.GetRequiredService<AnnouncementBoard>());
        services.AddSingleton<AnnouncementService>();
        services.AddSingleton<NewsWake>();
        services.AddSingleton<NewsTeller>();
        services.AddHostedService(s => s.GetRequiredService<NewsTeller>());
        services.AddSingleton(NewsMail.Template);
        services.AddSingleton<ArticleService>();
        services.AddSingleton<ReaderValues>();
        services.AddSingleton<CannedAnswerService>();
        services.AddSingleton<TicketFolder>();
        services.AddSingleton<TicketMails>();
        services.AddSingleton<TicketService>();
        services.AddSingleton<ICustomerObserver, TicketObservers>();
        services.AddSingleton<IAccountObserver, TicketObservers>();
        services.AddSingleton<ITenantObserver, TicketObservers>();
        foreach (var template in TicketMails.Templates)
            services.AddSingleton(template);
        services.AddApiJson(AnnouncementJson.Default, ArticleJson.Default, TicketJson.Default, CannedAnswerJson.Default);
        services.AddFields<Announcement, AnnouncementInput>(Announcement.Fields, "AnnouncementView");
        services.AddFields<Article, ArticleInput>(Article.Fields, "ArticleView");
        services.AddFields<CannedAnswer, CannedAnswerInput>(CannedAnswer.Fields, "CannedAnswerView");
        services.AddFields<Ticket, TicketInput>(Ticket.Fields, "TicketFields");
    }

    public override void Map(IEndpointRouteBuilder app)
    {
        AnnouncementEndpoints.Map(app);
        ArticleEndpoints.Map(app);
        AnnouncementPages.Map(app);
        ArticlePages.Map(app);
        HelpPages.Map(app);
        TicketEndpoints.Map(app);
        CannedAnswerEndpoints.Map(app);
        MyTicketPages.Map(app);
        TicketDeskPages.Map(app);
        CannedAnswerPages.Map(app);
    }
}

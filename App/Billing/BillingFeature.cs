using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Billing.Books;
using Gatehouse.Billing.Calling;
using Gatehouse.Billing.ChannelDesk;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.Coupons;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Invites;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.KeyDeals;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.MoneyDesk;
using Gatehouse.Billing.MyMoney;
using Gatehouse.Billing.News;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.OrderForms;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Permissions;
using Gatehouse.Billing.Receipts;
using Gatehouse.Billing.RechargeKeys;
using Gatehouse.Billing.Refunds;
using Gatehouse.Billing.Renewals;
using Gatehouse.Billing.Reselling;
using Gatehouse.Billing.Shop;
using Gatehouse.Billing.ShopFront;
using Gatehouse.Billing.Statistics;
using Gatehouse.Billing.StockWaits;
using Gatehouse.Billing.Withdrawals;
using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing;

/// <summary>Selling: the shop, orders, payment channels, and the ledger under them.</summary>
public sealed class BillingFeature : Feature
{
    public override IReadOnlyList<Permission> Permissions => BillingPermissions.All;

    public override IReadOnlyList<ErrorCode> ErrorCodes => [.. LedgerErrors.All, .. OrderErrors.All, .. PaymentChannelErrors.All, .. CouponErrors.All, .. DistributorErrors.All, .. ResellingErrors.All, .. InviteErrors.All, .. CommissionErrors.All, .. WithdrawalErrors.All, .. RefundErrors.All, .. RechargeErrors.All, .. KeyChangeErrors.All, .. AutoRenewalErrors.All, MoneyDeskService.NotFound, MoneyDeskService.Settled];

    public override IReadOnlyList<NoticeKind> Notices => [StockKeeper.LowStock, Fulfilment.WaitsForStaff, PaymentTaker.Waits, WithdrawalService.Waits, LedgerService.LowBalance, AutoRenewalNews.Kind, CustomerNews.Decided, DistributorService.Applied];

    public override IReadOnlyList<SettingDefinition> Settings => [.. ReceiptSettings.All, .. RenewalSettings.All, .. InviteSettings.All];

    public override IReadOnlyList<AccountEntry> AccountNavigation => [new("distributor", 70, DistributorPages.Own, "distributors.own_nav"), new("orders", 30, MyMoneyPages.OrdersPath, "myorders.title"), new("balance", 35, MyMoneyPages.BalancePath, "balance.title")];

    public override IReadOnlyList<Job> Jobs =>
    [
        new(PaymentJobs.ExpireName, "20 * * * * ?", (services, ct) => services.GetRequiredService<PaymentJobs>().Expire(ct)),
        new(RefundCaller.JobName, "50 * * * * ?", (services, ct) => services.GetRequiredService<RefundCaller>().Run(ct)),
        new(KeySwitcher.JobName, "15 * * * * ?", (services, ct) => services.GetRequiredService<KeySwitcher>().Run(ct)),
        new(AutoRenewalService.JobName, "10 */5 * * * ?", (services, ct) => services.GetRequiredService<AutoRenewalService>().Run(ct)),
        new(WaitingList.JobName, "5 * * * * ?", (services, ct) => services.GetRequiredService<WaitingList>().Tell(ct)),
        new(PaymentCalls.TidyName, "0 25 3 * * ?", PaymentCalls.Tidy),
        new(PaymentJobs.AskName, "40 * * * * ?", (services, ct) => services.GetRequiredService<PaymentJobs>().Ask(ct)),
        new(InviteService.JobName, "30 7 * * * ?", (services, ct) => services.GetRequiredService<InviteService>().Run(ct)),
        new(SalesDays.JobName, "0 23 3 * * ?", (services, ct) => services.GetRequiredService<SalesDays>().Close(ct)),
    ];

    public override IReadOnlyList<NavigationEntry> Navigation =>
    [
        new("orders", 22, OrderDeskPages.Path, "receipt", "orders.nav", "b", BillingPermissions.OrdersRead) { Group = NavigationEntry.Selling },
        new("money", 23, MoneyDeskPages.Path, "cash", "money.nav", "m", BillingPermissions.MoneyRead) { Group = NavigationEntry.Selling },
        new("statistics", 34, SalesPages.Path, "activity", "sales.nav", "r", BillingPermissions.MoneyRead) { Group = NavigationEntry.Selling },
        new("distributors", 36, DistributorPages.Path, "users", "distributors.nav", "w", BillingPermissions.DistributorsManage) { Group = NavigationEntry.Selling },
        new("coupons", 33, "/admin/coupons", "tag", "coupons.nav", "v", BillingPermissions.CouponsRead) { Group = NavigationEntry.Selling },
        new("payment_channels", 66, PaymentChannelPages.Path, "card", "payments.title", "y", BillingPermissions.PaymentChannelsManage) { Group = NavigationEntry.Selling },
    ];

    public override IReadOnlyList<PersonTab> PersonTabs => [OrderDeskPages.Tab, PersonBalancePages.Tab];

    public override IReadOnlyList<DashboardSection> Dashboard => [new(25, BillingPermissions.OrdersRead, OrderAttention.Load), new(26, BillingPermissions.MoneyRead, MoneyDeskPages.LoadAttention)];

    public override IReadOnlyList<AccountSection> AccountHome => [new(20, MyMoneyPages.Load), new(25, InvitePages.Card)];

    public override IReadOnlyList<StyleSheet> StyleSheets => [new("billing.css"), new("shop.css"), new("orders.css")];

    public override IReadOnlyList<AccountPart> AccountParts => [new("distributor", "distributors.own", DistributorService.Count, DistributorService.Move), new("distributor_orders", "distributors.orders", ResellingPeople.Count, ResellingPeople.Move), new("commission", "commission.part", CommissionPeople.Count, CommissionPeople.Move), new("invites", "invites.title", InvitePeople.Count, InvitePeople.Move), new("orders", "orders.tab", OrderPeople.Count, OrderPeople.Move)];

    public override IReadOnlyList<OwnDataFile> OwnData => [new("orders.json", OrderPeople.WriteOwn), new("distributor.json", DistributorService.WriteOwn), new("distributor-orders.json", ResellingPeople.WriteOwn), new("commission.json", CommissionPeople.WriteOwn), new("invites.json", InvitePeople.WriteOwn), new("waits.json", WaitingList.WriteOwn)];

    public override IReadOnlyList<ConsistencyCheck> Checks => [new("Money", db => db.Read(LedgerCheck.Check))];

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        services.AddSingleton(s => new LedgerService(s.GetRequiredService<CustomerNews>()));
        services.AddSingleton<BalanceService>();
        services.AddSingleton<RechargeService>();
        services.AddSingleton<KeyChanger>();
        services.AddSingleton<IOrderDelivery>(s => s.GetRequiredService<KeyChanger>());
        services.AddSingleton<KeySwitcher>();
        services.AddSingleton<IOrderDelivery>(s => s.GetRequiredService<KeySwitcher>());
        services.AddSingleton<KeyOrders>();
        services.AddSingleton<RentalPurchases>();
        services.AddSingleton<CustomerNews>();
        services.AddSingleton(CustomerNews.Decision);
        services.AddSingleton(LedgerService.LowMail);
        services.AddSingleton<KeyDealer>();
        services.AddSingleton<BuyDeals>();
        services.AddSingleton<AutoRenewalNews>();
        services.AddSingleton<AutoRenewalService>();
        services.AddSingleton(AutoRenewalNews.Mail);
        services.AddSingleton<IKeyOffers, KeyOffers>();
        services.AddSingleton<StockKeeper>();
        services.AddSingleton<Trials>();
        services.AddSingleton<Fulfilment>();
        services.AddSingleton<CouponTaker>();
        services.AddSingleton<CouponService>();
        services.AddSingleton<OrderService>();
        services.AddSingleton<SalesDays>();
        services.AddSingleton<DistributorService>();
        services.AddSingleton<ResellingService>();
        services.AddSingleton<ICustomerObserver, ResellingPeople>();
        services.AddSingleton(ResellingService.Mail);
        services.AddSingleton<InviteService>();
        services.AddSingleton<ISignUpObserver>(s => s.GetRequiredService<InviteService>());
        services.AddSingleton<ICustomerObserver, InvitePeople>();
        services.AddSingleton<DistributorRates>();
        services.AddSingleton<CommissionBooks>();
        services.AddSingleton<IOrderObserver>(s => s.GetRequiredService<CommissionBooks>());
        services.AddSingleton<CommissionService>();
        services.AddSingleton<Referrals>();
        services.AddSingleton<WithdrawalService>();
        services.AddSingleton<ReceiptService>();
        services.AddSingleton<BookExport>();
        services.AddSingleton<SalesStatistics>();
        services.AddSingleton<OrderDeskService>();
        services.AddSingleton<OrderStories>();
        services.AddSingleton<OrderPreviews>();
        services.AddSingleton<StaffOrders>();
        services.AddSingleton(StaffOrders.Mail);
        services.AddSingleton<RefundBooks>();
        services.AddSingleton<DisputedKeys>();
        services.AddSingleton<RefundService>();
        services.AddSingleton<RefundCaller>();
        services.AddSingleton<IReturns, RefundNews>();
        services.AddSingleton(RefundBooks.Mail);
        services.AddSingleton<MoneyDeskService>();
        services.AddSingleton<MoneyPreviews>();
        services.AddSingleton<RefundPreviews>();
        services.AddSingleton<PaymentCaller>();
        services.AddSingleton<PaymentChannelService>();
        services.AddSingleton<PaymentTrial>();
        services.AddSingleton<BuyerDesk>();
        services.AddSingleton<OrderWatch>();
        services.AddSingleton<OrderPages>();
        services.AddSingleton<FindPages>();
        services.AddSingleton<TopUpService>();
        services.AddSingleton<MyMoneyPages>();
        services.AddSingleton<PaymentTaker>();
        services.AddSingleton<PaymentStarter>();
        services.AddSingleton<PaymentJobs>();
        services.AddSingleton<CallbackDesk>();
        services.AddSingleton<ShopService>();
        services.AddSingleton<OrderGuard>();
        services.AddSingleton<ShopDoor>();
        services.AddSingleton<ShopSign>();
        services.AddSingleton<IPublicEntries>(s => s.GetRequiredService<ShopSign>());
        services.AddSingleton<ShopPages>();
        services.AddSingleton<IHomePage>(s => s.GetRequiredService<ShopPages>());
        services.AddSingleton<BuyPages>();
        services.AddSingleton<ICustomerObserver, OrderPeople>();
        services.AddSingleton<ICustomerObserver, CommissionPeople>();
        services.AddSingleton<WaitingList>();
        services.AddSingleton<ICustomerObserver>(s => s.GetRequiredService<WaitingList>());
        services.AddSingleton(WaitingList.Mail);
        services.AddSealed(PaymentChannelStore.Sealed);
        foreach (var template in Fulfilment.Templates)
            services.AddSingleton(template);
        services.AddApiJson(LedgerJson.Default, ShopJson.Default, OrderJson.Default, PaymentChannelJson.Default, TrialJson.Default, TopUpJson.Default, CouponJson.Default, SalesJson.Default, DistributorJson.Default, ResellingJson.Default, InviteJson.Default, InviteDeskJson.Default, CommissionJson.Default, WithdrawalJson.Default, AutoRenewalJson.Default, WaitJson.Default, RefundJson.Default, MoneyJson.Default, RechargeJson.Default, KeyDealJson.Default);
        services.AddFields<PaymentChannel, PaymentChannelInput>(PaymentChannel.Fields, "PaymentChannelView");
        services.AddFields<Coupon, CouponInput>(Coupon.Fields, "CouponView");
    }

    public override void Map(IEndpointRouteBuilder app)
    {
        ShopEndpoints.Map(app);
        ShopPages.Map(app);
        WaitingEndpoints.Map(app);
        BuyPages.Map(app);
        KeyDealPages.Map(app);
        KeyDealEndpoints.Map(app);
        OrderPages.Map(app);
        FindPages.Map(app);
        MyMoneyPages.Map(app);
        TopUpEndpoints.Map(app);
        RechargeEndpoints.Map(app);
        AutoRenewalEndpoints.Map(app);
        AutoRenewalPages.Map(app);
        PersonBalancePages.Map(app);
        OrderEndpoints.Map(app);
        StaffOrderPages.Map(app);
        OrderDeskPages.Map(app);
        RefundEndpoints.Map(app);
        RefundPages.Map(app);
        MoneyDeskEndpoints.Map(app);
        MoneyDeskPages.Map(app);
        PaymentChannelEndpoints.Map(app);
        PaymentChannelPages.Map(app);
        PaymentTrialEndpoints.Map(app);
        LedgerEndpoints.Map(app);
        CouponEndpoints.Map(app);
        CouponPages.Map(app);
        SalesEndpoints.Map(app);
        SalesPages.Map(app);
        BookPages.Map(app);
        DistributorEndpoints.Map(app);
        ResellingEndpoints.Map(app);
        ResellingPages.Map(app);
        DistributorPages.Map(app);
        InviteEndpoints.Map(app);
        InvitePages.Map(app);
        InviteDesk.Map(app);
        DistributorRatePages.Map(app);
        Referrals.Map(app);
        CommissionEndpoints.Map(app);
        CommissionPages.Map(app);
        WithdrawalEndpoints.Map(app);
        WithdrawalPages.Map(app);
        ReceiptPages.Map(app);
        CallbackEndpoints.Map(app);
    }
}

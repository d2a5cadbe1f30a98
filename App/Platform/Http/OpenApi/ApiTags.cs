namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>The headings of the API, in the order that somebody needs them: what programs call first, administration last.</summary>
public static class ApiTags
{
    public static readonly IReadOnlyList<(string Name, string Description)> All =
    [
        ("Keys for programs", "What a client program calls, without a token: validate a key, ask what it is, free a machine, check signatures."),
        ("My account", "What customers call for themselves: sign up, sign in, their devices, keys and data."),
        ("Shop", "What is on sale, and how it is ordered and paid."),
        ("My relays", "A customer's own rentals: relays, devices, maps and traffic."),
        ("Keys", "The keys that were sold: generate, import, find, change and export them."),
        ("Plans", "What is sold: duration, price, machines and entitlements."),
        ("Orders", "Orders of customers, and what is done to them."),
        ("Finance", "Money: balances, payments, refunds and figures."),
        ("Coupons", "Codes that make an order cheaper."),
        ("Distributors", "Those who sell on: their prices, orders and commissions."),
        ("Payment channels", "How customers can pay."),
        ("Customers", "The accounts of customers."),
        ("Tickets", "Questions of customers, and their answers."),
        ("Canned answers", "Answers that are given often."),
        ("Announcements", "What everybody is told."),
        ("Articles", "The help pages."),
        ("Rentals", "Relays that are rented out."),
        ("Relay maps", "The maps that clients find their relays by."),
        ("Tailnets", "The networks that rentals are connected with."),
        ("Relay servers", "The machines that relays run on."),
        ("Relay containers", "Relays as they run."),
        ("Traffic", "What went through the relays."),
        ("Channels", "Where notices go: mail, chat and webhooks."),
        ("Audit", "Who did what, and what looked wrong."),
        ("Operations", "Long work in the background, and how far it is."),
        ("Health", "How the server is."),
        ("Jobs", "Work that is done by the clock."),
        ("Settings", "What an operator sets for a site."),
        ("Staff", "The accounts of staff, and their roles."),
        ("API tokens", "Tokens for programs of staff."),
        ("Tenants", "Several sites on one server."),
    ];

    /// <summary>Where a heading stands; one that is not named here goes last.</summary>
    public static int Order(string name)
    {
        for (var i = 0; i < All.Count; i++)
            if (All[i].Name == name)
                return i;
        return All.Count;
    }
}

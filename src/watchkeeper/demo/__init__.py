"""The Electricity Forecast: a history, real or simulated, and the story that is told with it over the SDK."""
